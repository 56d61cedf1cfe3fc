package mongostore

import (
	"encoding/binary"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// withHead returns the document {_id, rev, …body} without unpacking the body.
func withHead(id string, revision int64, body bson.Raw) bson.Raw {
	doc := appendHead(make([]byte, 0, len(body)+len(id)+32), id, revision)
	doc = append(doc, body[4:]...) // its elements and the end
	binary.LittleEndian.PutUint32(doc, uint32(len(doc)))
	return doc
}

// tombstone returns the document {_id, rev, deleted: true}.
func tombstone(id string, revision int64) bson.Raw {
	doc := appendHead(make([]byte, 0, len(id)+48), id, revision)
	doc = append(doc, byte(bson.TypeBoolean))
	doc = append(doc, "deleted\x00\x01\x00"...)
	binary.LittleEndian.PutUint32(doc, uint32(len(doc)))
	return doc
}

func appendHead(doc []byte, id string, revision int64) []byte {
	doc = append(doc, 0, 0, 0, 0) // the length, set at the end
	doc = append(doc, byte(bson.TypeString))
	doc = append(doc, "_id\x00"...)
	doc = binary.LittleEndian.AppendUint32(doc, uint32(len(id)+1))
	doc = append(doc, id...)
	doc = append(doc, 0)
	doc = append(doc, byte(bson.TypeInt64))
	doc = append(doc, "rev\x00"...)
	return binary.LittleEndian.AppendUint64(doc, uint64(revision))
}
