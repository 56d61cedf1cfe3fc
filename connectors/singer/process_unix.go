//go:build unix

package singer

import (
	"os/exec"
	"syscall"
)

// ownGroup lets the command begin a group of processes of its own, so that all
// it starts can be ended with it.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// endGroup asks a group to end.
func endGroup(group int) error { return syscall.Kill(-group, syscall.SIGTERM) }

// killGroup ends what is left of a group, if anything.
func killGroup(group int) { _ = syscall.Kill(-group, syscall.SIGKILL) }
