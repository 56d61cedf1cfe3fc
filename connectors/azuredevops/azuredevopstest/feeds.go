package azuredevopstest

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"plumbline/connectors/connectortest/fake"
)

// A token of a feed is a watermark; what stands after the dot only makes the
// token of an empty batch another one.
func parseToken(text string) (watermark int64, nonce int, err error) {
	if text == "" {
		return 0, 0, nil
	}
	before, after, _ := strings.Cut(text, ".")
	if watermark, err = strconv.ParseInt(before, 10, 64); err == nil && after != "" {
		nonce, err = strconv.Atoi(after)
	}
	return watermark, nonce, err
}

// change is a row of a feed, which is written only when it is in a batch.
type change struct {
	watermark int64
	shape     func() any
}

// feed answers with a batch of what comes after the token.
func (q *request) feed(path string, all []change) {
	token := q.param("continuationToken")
	after, nonce, err := parseToken(token)
	if err != nil || after > q.watermark {
		q.refuse(http.StatusBadRequest, "InvalidReportingContinuationTokenException", "VS402415: The continuation token is not valid.")
		return
	}
	all = slices.DeleteFunc(all, func(c change) bool { return c.watermark <= after })
	slices.SortFunc(all, func(a, b change) int { return cmp.Compare(a.watermark, b.watermark) })
	size, repeat := q.opts.MaxBatch, false
	switch fake.Struck(q.r) {
	case fake.ShortPage:
		size = 1
	case fake.EmptyPage:
		size = 0
	case fake.RepeatToken:
		repeat = true
	}
	batch := all[:min(size, len(all))]
	last := len(batch) == len(all) && size > 0
	next := fmt.Sprintf("%d.%d", after, nonce+1)
	if len(batch) > 0 {
		next = strconv.FormatInt(batch[len(batch)-1].watermark, 10)
	} else if last {
		next = token
	}
	if repeat {
		next, last = token, false
	}
	values := []any{}
	for _, c := range batch {
		values = append(values, c.shape())
	}
	answer := map[string]any{"values": values, "isLastBatch": last}
	if next != "" {
		if !q.opts.Server {
			answer["continuationToken"] = next
		}
		answer["nextLink"] = q.opts.BaseURL + "/" + path + "?" + url.Values{"continuationToken": {next}, "api-version": {q.param("api-version")}}.Encode()
	}
	q.answer(answer)
}

func (q *request) revisions() {
	var question struct {
		Types      []string `json:"types"`
		Fields     []string `json:"fields"`
		Deleted    bool     `json:"includeDeleted"`
		Identities bool     `json:"includeIdentityRef"`
		Latest     bool     `json:"includeLatestOnly"`
		TagRefs    bool     `json:"includeTagRef"`
	}
	if !q.body(&question) || !q.knows(question.Fields) {
		return
	}
	if !question.Identities || question.TagRefs {
		q.refuse(http.StatusBadRequest, "NotPlayed", "this fake knows revisions with identities and without tags")
		return
	}
	long := q.param("$expand") == "fields"
	refs := slices.DeleteFunc(question.Fields, func(ref string) bool {
		return ref == "System.Parent" && !q.opts.FeedParents || !long && q.longText(ref)
	})
	var all []change
	for i := range q.told(question.Latest) {
		now := q.items[i.ID]
		if !q.seesItem(now) || !ofType(question.Types, i.Type) || now.Deleted && !question.Deleted {
			continue
		}
		all = append(all, change{i.watermark, func() any {
			shape := q.shape(i, refs)
			if m, ok := shape.(map[string]any); ok && i.Deleted && slices.Contains(refs, unlisted) {
				m["fields"].(map[string]any)[unlisted] = true
			}
			return shape
		}})
	}
	q.feed("_apis/wit/reporting/workitemrevisions", all)
}

// told are all revisions, or the last one of each work item.
func (q *request) told(latest bool) iter.Seq[*Item] {
	if latest {
		return maps.Values(q.items)
	}
	return slices.Values(q.made)
}

func (q *request) longText(ref string) bool {
	return slices.ContainsFunc(q.fields, func(f Field) bool {
		return f.Ref == ref && ref != "System.Tags" && (f.Type == "html" || f.Type == "plainText")
	})
}

func ofType(types []string, kind string) bool {
	return len(types) == 0 || slices.ContainsFunc(types, func(t string) bool { return strings.EqualFold(t, kind) })
}

func (q *request) linkFeed() {
	split := func(name string) []string {
		if q.param(name) == "" {
			return nil
		}
		return strings.Split(q.param(name), ",")
	}
	kinds, types := split("linkTypes"), split("types")
	var start time.Time
	if text := q.param("startDateTime"); text != "" {
		var err error
		if start, err = time.Parse(time.RFC3339, text); err != nil || q.param("continuationToken") != "" {
			q.refuse(http.StatusBadRequest, "VssPropertyValidationException", "startDateTime is no time, or stands beside a continuationToken")
			return
		}
	}
	var all []change
	for _, l := range q.links {
		source, target := q.items[l.source], q.items[l.target]
		involved := source != nil && ofType(types, source.Type) && q.seesItem(source) || target != nil && ofType(types, target.Type) && q.seesItem(target)
		if !involved || kinds != nil && !slices.Contains(kinds, l.kind) || l.at.Before(start) {
			continue
		}
		all = append(all, change{l.watermark, func() any { return q.linkShape(l) }})
	}
	q.feed("_apis/wit/reporting/workitemlinks", all)
}

func (q *request) linkShape(l linkRow) any {
	ends := map[string]any{"sourceId": l.source, "targetId": l.target, "changedDate": l.at.UTC().Format(instant), "isActive": l.active}
	if q.opts.Server {
		ends["rel"] = l.kind
		return ends
	}
	ends["changedOperation"], ends["comment"] = "create", nil
	if !l.active {
		ends["changedOperation"] = "remove"
	}
	return map[string]any{"rel": l.kind, "attributes": ends}
}
