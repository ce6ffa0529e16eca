//go:build bench

package vault

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// benchUnsealed stores and searches in the clear, so that `make bench` can tell what sealing costs. The
// rows of the benchmark were sealed before, so what was opened once is kept, and what is written now from the
// beginning: from then on opening costs one look-up.
var benchUnsealed = slices.Contains(strings.Split(os.Getenv("PADDOCK_BENCH_OFF"), ","), "sealing")

var (
	benchOpened sync.Map // sealed text -> plaintext
	benchSealed atomic.Uint64
	benchSeed   = maphash.MakeSeed()
)

// benchSeal gives the plaintext the length it would have sealed, and numbers it, so that it can be opened again; version
// 0 says that it is not.
func benchSeal(plaintext []byte) []byte {
	b := make([]byte, Overhead+len(plaintext))
	b[0] = sealedFormat
	binary.BigEndian.PutUint64(b[headSize:], benchSealed.Add(1))
	copy(b[headSize+12:], plaintext)
	benchOpened.Store(string(b), bytes.Clone(plaintext))
	return b
}

func benchOpen(sealed []byte) ([]byte, bool) {
	if !benchUnsealed {
		return nil, false
	}
	p, ok := benchOpened.Load(string(sealed))
	if !ok {
		return nil, false
	}
	return p.([]byte), true
}

func benchKeep(sealed, plaintext []byte) []byte {
	if benchUnsealed {
		benchOpened.Store(string(sealed), plaintext)
	}
	return plaintext
}

func benchToken(field, word string) (hash [8]byte) {
	sum := maphash.String(benchSeed, field+"\x00"+word)
	for i := range hash {
		hash[i] = byte(sum >> (8 * i))
	}
	return hash
}
