package spreadsheet

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"plumbline/internal/spool"
)

// Bounds of one reading. Who is who among its rows is kept in memory.
const (
	maxSpooled = 4 << 30 // bytes of all rows
	maxRead    = 2 << 20 // rows of all files
)

// rowStore keeps the rows of tables in a temporary file: they are read once
// from their file, and from here as often as is needed, so that nothing that
// happens to the file meanwhile is seen half.
type rowStore struct {
	file   *spool.File
	w      *bufio.Writer
	size   int64
	rows   int
	buffer []byte
}

func newRowStore() (*rowStore, error) {
	f, err := spool.New(maxSpooled)
	if err != nil {
		return nil, err
	}
	return &rowStore{file: f, w: bufio.NewWriterSize(f, 256<<10)}, nil
}

// put adds a row.
func (s *rowStore) put(r row) error {
	if s.rows++; s.rows > maxRead {
		return fmt.Errorf("there are more than the %d rows that are read at once", maxRead)
	}
	b := s.buffer[:0]
	b = binary.AppendUvarint(b, uint64(r.number))
	b = binary.AppendUvarint(b, uint64(len(r.cells)))
	for _, c := range r.cells {
		b = append(b, byte(c.kind))
		if c.kind != blank {
			b = binary.AppendUvarint(b, uint64(len(c.text)))
			b = append(b, c.text...)
			b = binary.AppendUvarint(b, uint64(len(c.unit)))
			b = append(b, c.unit...)
		}
	}
	s.buffer = b
	var length [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(length[:], uint64(len(b)))
	for _, part := range [][]byte{length[:n], b} {
		written, err := s.w.Write(part)
		s.size += int64(written)
		if errors.Is(err, spool.ErrTooLarge) {
			return fmt.Errorf("the rows take more than %d GiB: %w", maxSpooled>>30, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// each gives the rows of a table in their order.
func (s *rowStore) each(t *table, do func(row) error) error {
	if err := s.w.Flush(); err != nil {
		return err
	}
	r := bufio.NewReaderSize(io.NewSectionReader(s.file, t.first, s.size-t.first), 256<<10)
	for range t.count {
		length, err := binary.ReadUvarint(r)
		if err != nil {
			return err
		}
		b := make([]byte, length)
		if _, err := io.ReadFull(r, b); err != nil {
			return err
		}
		if err := do(unpacked(string(b))); err != nil {
			return err
		}
	}
	return nil
}

// unpacked is the row that put has packed. Its texts share one string.
func unpacked(s string) row {
	next := func() int {
		n, shift := uint64(0), 0
		for {
			b := s[0]
			s = s[1:]
			n |= uint64(b&0x7f) << shift
			if b < 0x80 {
				return int(n)
			}
			shift += 7
		}
	}
	part := func() string {
		n := next()
		p := s[:n]
		s = s[n:]
		return p
	}
	r := row{number: next()}
	r.cells = make([]cell, next())
	for i := range r.cells {
		k := kind(s[0])
		s = s[1:]
		if k != blank {
			r.cells[i] = cell{kind: k, text: part(), unit: part()}
		}
	}
	return r
}
