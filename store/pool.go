package store

import (
	"runtime"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"

	"plumbline/portfolio"
)

// Stored is a current document as it lies in a store.
type Stored struct {
	Kind portfolio.Kind
	Rev  int64
	Body bson.Raw
	// Doc is what the body says, where that is known already.
	Doc portfolio.Document
}

// HeldAs gives a document as it lies in the store what its reader holds of it,
// if that is of the same version.
func (s *Stored) HeldAs(held Held, id string) {
	if held == nil {
		return
	}
	if v, ok := held(portfolio.Key{Kind: s.Kind, ID: id}); ok && v.Rev == s.Rev {
		s.Doc = v.Doc
	}
}

// poolChunk is how many documents a worker of a Pool takes at once.
const poolChunk = 512

// A Pool decodes the documents of a load on all processors while they are
// still being read. Decoding is most of the time that a load takes.
type Pool struct {
	work    chan poolTask
	workers sync.WaitGroup
	waiting []Stored
	chunks  []*poolResult
}

type poolTask struct {
	docs   []Stored
	result *poolResult
}

type poolResult struct {
	docs []portfolio.Versioned
	err  error
}

// NewPool starts the workers. Docs ends them and must be called.
func NewPool() *Pool {
	p := &Pool{work: make(chan poolTask, runtime.GOMAXPROCS(0))}
	for range runtime.GOMAXPROCS(0) {
		p.workers.Go(func() {
			for task := range p.work {
				task.result.docs, task.result.err = decodeChunk(task.docs)
			}
		})
	}
	return p
}

// Add hands over one document. Its body must stay as it is until Docs returns.
func (p *Pool) Add(doc Stored) {
	p.waiting = append(p.waiting, doc)
	if len(p.waiting) == poolChunk {
		p.flush()
	}
}

func (p *Pool) flush() {
	result := new(poolResult)
	p.chunks = append(p.chunks, result)
	p.work <- poolTask{p.waiting, result}
	p.waiting = make([]Stored, 0, poolChunk)
}

// Docs returns all documents in the order in which they were added, or the
// first error.
func (p *Pool) Docs() ([]portfolio.Versioned, error) {
	p.flush()
	close(p.work)
	p.workers.Wait()
	total := 0
	for _, c := range p.chunks {
		if c.err != nil {
			return nil, c.err
		}
		total += len(c.docs)
	}
	all := make([]portfolio.Versioned, 0, total)
	for _, c := range p.chunks {
		all = append(all, c.docs...)
	}
	return all, nil
}

func decodeChunk(docs []Stored) ([]portfolio.Versioned, error) {
	out := make([]portfolio.Versioned, 0, len(docs))
	for _, d := range docs {
		doc := d.Doc
		if doc == nil {
			var err error
			if doc, err = Decode(d.Kind, d.Body); err != nil {
				return nil, err
			}
		}
		out = append(out, portfolio.Versioned{Rev: d.Rev, Doc: doc})
	}
	return out, nil
}
