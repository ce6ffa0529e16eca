package web

import (
	"bytes"
	"fmt"
	"runtime"
)

// kindOf names the type of a panic's value, and its text only for the runtime's own errors: any other
// value may hold what somebody typed.
func kindOf(p any) string {
	if err, ok := p.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("%T", p)
}

// frames keeps the file lines of a stack and drops the lines with arguments.
func frames(stack []byte) string {
	var out [][]byte
	for line := range bytes.SplitSeq(stack, []byte("\n")) {
		if bytes.HasPrefix(line, []byte("\t")) {
			out = append(out, bytes.TrimSpace(line))
		}
	}
	return string(bytes.Join(out, []byte(" < ")))
}
