package control

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"plumbline/internal/secret"
)

// suffix is what the name of the file has beyond the store's.
const suffix = ".server"

// ownerOnly is the mode of the file: who can read it can command the server.
const ownerOnly = 0o600

// meeting is where a server and its commands meet.
type meeting struct {
	Address string `json:"address"` // host:port, loopback
	Key     string `json:"key"`
	PID     int    `json:"pid"`
}

// FileOf returns the name of the file in which the server that holds the store
// leaves its address.
func FileOf(store string) string { return store + suffix }

// newKey returns a key for one run of the server.
func newKey() secret.String { return secret.New(rand.Text()) }

// write puts the file in place whole, readable by its owner from the first
// byte, also over one that a crashed server left.
func (m meeting) write(name string) error {
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*") // created with mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(append(data, '\n'))
	err = errors.Join(err, f.Chmod(ownerOnly), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// remove takes the file away if it is still this server's.
func (m meeting) remove(name string) error {
	if current, err := read(name); err == nil && current == m {
		return os.Remove(name)
	}
	return nil // gone already, or another server's by now
}

// errNobody says that no server has left its address.
var errNobody = errors.New("no server has the store")

// read returns the meeting point that a server left.
func read(name string) (meeting, error) {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return meeting{}, errNobody
	}
	if err != nil {
		return meeting{}, err
	}
	if info.Mode().Perm()&^ownerOnly != 0 {
		return meeting{}, fmt.Errorf("%s can be read by others than its owner; remove it and start the server again", name)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return meeting{}, err
	}
	var m meeting
	if err := json.Unmarshal(data, &m); err != nil || m.Address == "" || m.Key == "" {
		return meeting{}, fmt.Errorf("%s holds no address of a server; remove it and start the server again", name)
	}
	return m, nil
}
