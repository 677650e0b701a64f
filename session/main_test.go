package session

import (
	"os"
	"testing"

	"zenobis/disk/disktest"
)

func TestMain(m *testing.M) { os.Exit(disktest.InMemory(m.Run)) }
