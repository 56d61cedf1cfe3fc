package mongostore_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// A message of MongoDB's wire protocol, its header included.
type message []byte

// The kinds of message that matter here.
const (
	opReply = 1
	opQuery = 2004
	opMsg   = 2013
)

const headerLength = 16

func readMessage(r io.Reader) (message, error) {
	var length [4]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, err
	}
	m := make(message, binary.LittleEndian.Uint32(length[:]))
	copy(m, length[:])
	_, err := io.ReadFull(r, m[4:])
	return m, err
}

func (m message) id() uint32     { return binary.LittleEndian.Uint32(m[4:]) }
func (m message) opcode() uint32 { return binary.LittleEndian.Uint32(m[12:]) }

// command returns the command's document: its first element is its name.
func (m message) command() bson.Raw {
	switch m.opcode() {
	case opMsg:
		return bson.Raw(m[headerLength+4+1:]) // after the flags and the kind of section
	case opQuery:
		rest := m[headerLength+4:]
		name := bytes.IndexByte(rest, 0)
		return bson.Raw(rest[name+1+4+4:])
	}
	return nil
}

// inserts reports whether the message inserts into a collection.
func (m message) inserts(collection string) bool {
	if m.opcode() != opMsg {
		return false
	}
	element, err := m.command().IndexErr(0)
	if err != nil || element.Key() != "insert" {
		return false
	}
	into, ok := element.Value().StringValueOK()
	return ok && into == collection
}

// A proxy stands between the store and the server, and cuts connections when
// it is told to.
type proxy struct {
	listener net.Listener
	server   string

	mu sync.Mutex
	// cut decides about each request; see the constants.
	cut func(message) cut
}

// A cut is when a connection ends.
type cut int

const (
	never        cut = iota
	beforeServer     // the request does not reach the server
	beforeAnswer     // the server has done it, the answer does not arrive
)

func newProxy(t *testing.T, server string) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: listener, server: server, cut: func(message) cut { return never }}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go p.serve(conn)
		}
	}()
	t.Cleanup(func() { _ = listener.Close() })
	return p
}

func (p *proxy) url(database string) string {
	return withDatabase("mongodb://"+p.listener.Addr().String(), database)
}

func (p *proxy) when(cut func(message) cut) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut = cut
}

func (p *proxy) decide(m message) cut {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cut(m)
}

// serve carries one request at a time, which is how the driver uses a
// connection.
func (p *proxy) serve(client net.Conn) {
	defer func() { _ = client.Close() }()
	server, err := net.Dial("tcp", p.server)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	for {
		request, err := readMessage(client)
		if err != nil {
			return
		}
		when := p.decide(request)
		if when == beforeServer {
			return
		}
		if _, err := server.Write(request); err != nil {
			return
		}
		answer, err := readMessage(server)
		if err != nil || when == beforeAnswer {
			return
		}
		if _, err := client.Write(answer); err != nil {
			return
		}
	}
}

// A fake answers every command with what a function says, as a server does
// that cannot be had for a test.
func newFake(t *testing.T, answer func(command string) bson.D) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go serveFake(conn, answer)
		}
	}()
	return listener.Addr().String()
}

func serveFake(conn net.Conn, answer func(string) bson.D) {
	defer func() { _ = conn.Close() }()
	for {
		request, err := readMessage(conn)
		if err != nil {
			return
		}
		element, err := request.command().IndexErr(0)
		if err != nil {
			return
		}
		doc, err := bson.Marshal(answer(element.Key()))
		if err != nil {
			return
		}
		if _, err := conn.Write(reply(request, doc)); err != nil {
			return
		}
	}
}

func reply(to message, doc bson.Raw) message {
	var body []byte
	opcode := uint32(opMsg)
	if to.opcode() == opQuery {
		opcode = opReply
		body = append(make([]byte, 4+8+4), 1, 0, 0, 0) // flags, cursor, start, one document
	} else {
		body = make([]byte, 4+1) // flags, kind of section
	}
	m := make(message, 0, headerLength+len(body)+len(doc))
	m = binary.LittleEndian.AppendUint32(m, uint32(headerLength+len(body)+len(doc)))
	m = binary.LittleEndian.AppendUint32(m, 1)
	m = binary.LittleEndian.AppendUint32(m, to.id())
	m = binary.LittleEndian.AppendUint32(m, opcode)
	m = append(m, body...)
	return append(m, doc...)
}
