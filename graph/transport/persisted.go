package transport

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"

	"plumbline/graph/problem"
)

// persistedBytes bounds what automatic persisted queries keep in memory.
const persistedBytes = 4 << 20

// persisted remembers documents that clients send by their hash: automatic
// persisted queries, as Apollo's clients speak them. A client sends the hash
// alone; told that it is not known, it sends the document with it once.
type persisted struct {
	known *cache[string]
}

func newPersisted() *persisted { return &persisted{known: newCache[string](persistedBytes)} }

// resolve returns the document of the request.
func (p *persisted) resolve(req *request) (string, error) {
	hash, given, err := persistedHash(req.Extensions)
	switch {
	case err != nil:
		return "", err
	case given && req.Query == nil:
		if query, ok := p.known.get(hash); ok {
			return query, nil
		}
		// The sentence is the protocol's: clients compare it.
		return "", problem.New(problem.NotFound, "PersistedQueryNotFound")
	case req.Query == nil || *req.Query == "":
		return "", malformed("query is missing")
	case given:
		sum := sha256.Sum256([]byte(*req.Query))
		if subtle.ConstantTimeCompare([]byte(hex.EncodeToString(sum[:])), []byte(hash)) != 1 {
			return "", malformed("sha256Hash is not the hash of the query")
		}
		p.known.add(hash, *req.Query, int64(len(hash)+len(*req.Query)))
	}
	return *req.Query, nil
}

// persistedHash reads the extension persistedQuery {version: 1, sha256Hash}.
func persistedHash(extensions map[string]any) (hash string, given bool, err error) {
	value, given := extensions["persistedQuery"]
	if !given {
		return "", false, nil
	}
	entry, _ := value.(map[string]any)
	version, _ := entry["version"].(json.Number)
	hash, _ = entry["sha256Hash"].(string)
	if version != "1" || len(hash) != hex.EncodedLen(sha256.Size) {
		return "", false, malformed("persistedQuery must be {version: 1, sha256Hash: …}")
	}
	return hash, true, nil
}
