package portfolio

import "reflect"

// exportAll lets cmp look into unexported fields: these tests are about them.
func exportAll(reflect.Type) bool { return true }
