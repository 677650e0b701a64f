//go:build !amd64 || purego

package sums

func able() bool { return false }

// blocks is never called where no processor is able.
func blocks(*[4]uint32, *[8]uint32, *byte, *byte, int) {}
