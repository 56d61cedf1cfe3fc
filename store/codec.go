package store

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/shopspring/decimal"
	"go.mongodb.org/mongo-driver/v2/bson"

	"plumbline/portfolio"
)

// schemaField is the first element of every stored document: the schema
// number of its kind at the time of writing.
const schemaField = "schema"

// Encode returns the body of a document as both stores keep it: BSON of its
// fields by their JSON names, led by the schema number of its kind. Decimals
// and dates are strings, raw JSON is bytes, and a map is an array of pairs, so
// that no service that speaks MongoDB's protocol has a reason to refuse it.
func Encode(doc portfolio.Document) (bson.Raw, error) {
	kind := doc.Key().Kind
	if kind.Schema() == 0 {
		return nil, fmt.Errorf("%w: documents of kind %q are not stored", portfolio.ErrInvalid, kind)
	}
	fields, err := Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", doc.Key(), err)
	}
	return prepend(schemaField, int32(kind.Schema()), fields), nil
}

// prepend returns the BSON document with one more int32 element before the
// others.
func prepend(name string, value int32, doc bson.Raw) bson.Raw {
	size := len(doc) + 1 + len(name) + 1 + 4
	out := make([]byte, 0, size)
	out = binary.LittleEndian.AppendUint32(out, uint32(size))
	out = append(out, byte(bson.TypeInt32))
	out = append(out, name...)
	out = append(out, 0)
	out = binary.LittleEndian.AppendUint32(out, uint32(value))
	return append(out, doc[4:]...)
}

// Decode reads the body of a document of the kind, upgraded to the schema of
// this release. Elements it does not know are passed over, so that a body that
// carries the store's own (_id, rev) may be given as it is. A body of a newer
// schema is read as far as this release understands it, which is why such a
// log is read only.
func Decode(kind portfolio.Kind, body bson.Raw) (portfolio.Document, error) {
	doc, err := portfolio.NewDocument(kind)
	if err != nil {
		return nil, err
	}
	if body, err = upgrade(upgrades[kind], body); err != nil {
		return nil, fmt.Errorf("%w: %s document: %w", ErrCorrupt, kind, err)
	}
	if err := Unmarshal(body, doc); err != nil {
		return nil, fmt.Errorf("%w: %s document: %w", ErrCorrupt, kind, err)
	}
	share(doc)
	return doc, nil
}

// Marshal writes a value as BSON the way all stored things are written.
func Marshal(v any) (bson.Raw, error) {
	e := encoders.Get().(*encoder)
	defer encoders.Put(e)
	e.buf.Reset()
	e.enc.Reset(bson.NewDocumentWriter(&e.buf))
	if err := e.enc.Encode(v); err != nil {
		return nil, err
	}
	return slices.Clone(e.buf.Bytes()), nil
}

// Unmarshal reads what Marshal wrote. Nothing of v refers to data afterwards.
func Unmarshal(data bson.Raw, v any) error {
	d := decoders.Get().(*decoder)
	defer decoders.Put(d)
	d.src.Reset(data)
	d.buf.Reset(&d.src)
	d.dec.Reset(bson.NewDocumentReader(d.buf))
	return d.dec.Decode(v)
}

// Encoders and decoders are used again, as each is worth several allocations
// and a load makes a hundred thousand.
type encoder struct {
	buf bytes.Buffer
	enc *bson.Encoder
}

type decoder struct {
	src bytes.Reader
	buf *bufio.Reader
	dec *bson.Decoder
}

var encoders = sync.Pool{New: func() any {
	e := new(encoder)
	e.enc = bson.NewEncoder(bson.NewDocumentWriter(&e.buf))
	e.enc.SetRegistry(registry)
	e.enc.UseJSONStructTags()
	return e
}}

var decoders = sync.Pool{New: func() any {
	d := new(decoder)
	d.buf = bufio.NewReader(&d.src)
	d.dec = bson.NewDecoder(bson.NewDocumentReader(d.buf))
	d.dec.SetRegistry(registry)
	d.dec.UseJSONStructTags()
	return d
}}

// Registry is the set of codecs that stored things need; a driver's client
// takes it together with UseJSONStructTags.
func Registry() *bson.Registry { return registry }

var registry = newRegistry()

func newRegistry() *bson.Registry {
	r := bson.NewRegistry()
	asText(r, portfolio.Date.String, portfolio.ParseDate)
	asText(r, decimal.Decimal.String, decimal.NewFromString)
	// A decimal's own BSON methods, which hang on its pointer, would make it
	// a Decimal128 of 34 digits.
	pointerTo[decimal.Decimal](r)
	asBytes[portfolio.Hash](r)
	asBytes[BatchID](r)
	r.RegisterTypeEncoder(reflect.TypeFor[time.Time](), bson.ValueEncoderFunc(encodeTime))
	r.RegisterTypeDecoder(reflect.TypeFor[time.Time](), bson.ValueDecoderFunc(decodeTime))
	r.RegisterKindEncoder(reflect.Map, bson.ValueEncoderFunc(encodeMap))
	r.RegisterKindDecoder(reflect.Map, bson.ValueDecoderFunc(decodeMap))
	return r
}

// asText keeps values of a type as the strings they are written and read as.
func asText[T any](r *bson.Registry, write func(T) string, read func(string) (T, error)) {
	of := reflect.TypeFor[T]()
	r.RegisterTypeEncoder(of, bson.ValueEncoderFunc(func(_ bson.EncodeContext, w bson.ValueWriter, v reflect.Value) error {
		return w.WriteString(write(v.Interface().(T)))
	}))
	r.RegisterTypeDecoder(of, bson.ValueDecoderFunc(func(_ bson.DecodeContext, rd bson.ValueReader, v reflect.Value) error {
		s, err := rd.ReadString()
		if err != nil {
			return err
		}
		parsed, err := read(s)
		if err != nil {
			return err
		}
		v.Set(reflect.ValueOf(parsed))
		return nil
	}))
}

// pointerTo keeps pointers to values of a type as those values are kept; nil
// is null.
func pointerTo[T any](r *bson.Registry) {
	of := reflect.TypeFor[*T]()
	r.RegisterTypeEncoder(of, bson.ValueEncoderFunc(func(c bson.EncodeContext, w bson.ValueWriter, v reflect.Value) error {
		if v.IsNil() {
			return w.WriteNull()
		}
		encoder, err := c.LookupEncoder(of.Elem())
		if err != nil {
			return err
		}
		return encoder.EncodeValue(c, w, v.Elem())
	}))
	r.RegisterTypeDecoder(of, bson.ValueDecoderFunc(func(c bson.DecodeContext, rd bson.ValueReader, v reflect.Value) error {
		if rd.Type() == bson.TypeNull {
			v.SetZero()
			return rd.ReadNull()
		}
		decoder, err := c.LookupDecoder(of.Elem())
		if err != nil {
			return err
		}
		v.Set(reflect.New(of.Elem()))
		return decoder.DecodeValue(c, rd, v.Elem())
	}))
}

// asBytes keeps values of an array-of-bytes type as binary data.
func asBytes[T any](r *bson.Registry) {
	of := reflect.TypeFor[T]()
	r.RegisterTypeEncoder(of, bson.ValueEncoderFunc(func(_ bson.EncodeContext, w bson.ValueWriter, v reflect.Value) error {
		b := make([]byte, of.Len())
		reflect.Copy(reflect.ValueOf(b), v)
		return w.WriteBinary(b)
	}))
	r.RegisterTypeDecoder(of, bson.ValueDecoderFunc(func(_ bson.DecodeContext, rd bson.ValueReader, v reflect.Value) error {
		b, _, err := rd.ReadBinary()
		if err != nil {
			return err
		}
		if len(b) != of.Len() {
			return fmt.Errorf("%d bytes where %d are wanted", len(b), of.Len())
		}
		reflect.Copy(v, reflect.ValueOf(b))
		return nil
	}))
}

// BSON keeps milliseconds since 1970 and no zone.
func encodeTime(_ bson.EncodeContext, w bson.ValueWriter, v reflect.Value) error {
	return w.WriteDateTime(v.Interface().(time.Time).UnixMilli())
}

func decodeTime(_ bson.DecodeContext, r bson.ValueReader, v reflect.Value) error {
	ms, err := r.ReadDateTime()
	if err != nil {
		return err
	}
	v.Set(reflect.ValueOf(time.UnixMilli(ms).UTC()))
	return nil
}

// The keys of our maps come from tools and people, and some servers refuse
// field names that are empty, contain a dot or begin with a dollar sign. So a
// map is an array of {k, v}, sorted by k, as MongoDB's own $objectToArray
// writes it.
func encodeMap(ec bson.EncodeContext, w bson.ValueWriter, m reflect.Value) error {
	if m.Type().Key().Kind() != reflect.String {
		return fmt.Errorf("the keys of %s are not text", m.Type())
	}
	valueEncoder, err := ec.LookupEncoder(m.Type().Elem())
	if err != nil {
		return err
	}
	keys := m.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	array, err := w.WriteArray()
	if err != nil {
		return err
	}
	for _, key := range keys {
		element, err := array.WriteArrayElement()
		if err != nil {
			return err
		}
		pair, err := element.WriteDocument()
		if err != nil {
			return err
		}
		k, err := pair.WriteDocumentElement("k")
		if err != nil {
			return err
		}
		if err := k.WriteString(key.String()); err != nil {
			return err
		}
		v, err := pair.WriteDocumentElement("v")
		if err != nil {
			return err
		}
		if err := valueEncoder.EncodeValue(ec, v, m.MapIndex(key)); err != nil {
			return err
		}
		if err := pair.WriteDocumentEnd(); err != nil {
			return err
		}
	}
	return array.WriteArrayEnd()
}

func decodeMap(dc bson.DecodeContext, r bson.ValueReader, m reflect.Value) error {
	if r.Type() == bson.TypeNull {
		return r.ReadNull()
	}
	valueDecoder, err := dc.LookupDecoder(m.Type().Elem())
	if err != nil {
		return err
	}
	array, err := r.ReadArray()
	if err != nil {
		return err
	}
	m.Set(reflect.MakeMap(m.Type()))
	for {
		element, err := array.ReadValue()
		if errors.Is(err, bson.ErrEOA) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := decodePair(dc, element, m, valueDecoder); err != nil {
			return err
		}
	}
}

func decodePair(dc bson.DecodeContext, r bson.ValueReader, m reflect.Value, valueDecoder bson.ValueDecoder) error {
	pair, err := r.ReadDocument()
	if err != nil {
		return err
	}
	var key string
	value := reflect.New(m.Type().Elem()).Elem()
	for {
		name, element, err := pair.ReadElement()
		if errors.Is(err, bson.ErrEOD) {
			m.SetMapIndex(reflect.ValueOf(key).Convert(m.Type().Key()), value)
			return nil
		}
		if err != nil {
			return err
		}
		switch name {
		case "k":
			key, err = element.ReadString()
		case "v":
			err = valueDecoder.DecodeValue(dc, element, value)
		default:
			err = element.Skip()
		}
		if err != nil {
			return err
		}
	}
}
