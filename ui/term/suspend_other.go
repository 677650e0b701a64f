//go:build !unix

package term

// CanSuspend is false: there is no job control here.
func CanSuspend() bool { return false }
