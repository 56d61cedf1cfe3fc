package connectortest

import (
	"time"

	"plumbline/connectors/connectortest/fake"
)

// Menu is how a fake plays the faults of the suite. What is not in it, the tool
// cannot do.
type Menu map[Fault]fake.Fault

// NewMenu is the menu of a tool that can do everything. Most faults strike the
// requests whose path holds listing; those that may strike any request let so
// many of a run pass first.
func NewMenu(listing string, skip int) Menu {
	const once = 1
	return Menu{
		TooManySecondsOnce: {Kind: fake.TooManySeconds, After: 7 * time.Second, Times: once, Skip: skip},
		TooManyDateOnce:    {Kind: fake.TooManyDate, After: 20 * time.Second, Times: once, Skip: skip},
		TooManyBareOnce:    {Kind: fake.TooManyBare, Times: once, Path: listing},
		TooManyForLong:     {Kind: fake.TooManySeconds, After: time.Hour, Skip: skip},
		ErrorOnce:          {Kind: fake.InternalError, Times: once, Path: listing},
		DropOnce:           {Kind: fake.Drop, Times: once, Skip: skip},
		TruncatedOnce:      {Kind: fake.Truncate, Times: once, Path: listing},
		EmptyPageOnce:      {Kind: fake.EmptyPage, Times: once, Path: listing},
		ShortPages:         {Kind: fake.ShortPage, Path: listing},
		HTML:               {Kind: fake.HTML, Path: listing},
		Unauthorized:       {Kind: fake.Unauthorized, Path: listing},
		RepeatedToken:      {Kind: fake.RepeatToken, Path: listing},
	}
}

// Without is the menu without what the tool cannot do.
func (m Menu) Without(faults ...Fault) Menu {
	for _, f := range faults {
		delete(m, f)
	}
	return m
}

// Break is Tool.Break for a fake.
func (m Menu) Break(site interface{ Inject(f fake.Fault) func() }) func(Fault) func() {
	return func(f Fault) func() {
		if fault, ok := m[f]; ok {
			return site.Inject(fault)
		}
		return nil
	}
}
