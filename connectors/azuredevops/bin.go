package azuredevops

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/inorder"
)

// binnedItems tells which of the work items are in the bin.
func (r *run) binnedItems(ids []int64) (map[int64]bool, error) {
	binned := map[int64]bool{}
	chunks := slices.Collect(slices.Chunk(ids, maxItems))
	for list, err := range inorder.Map(r.ctx, r.concurrency(), chunks, func(ctx context.Context, ids []int64) (list values, err error) {
		texts := make([]string, len(ids))
		for i, id := range ids {
			texts[i] = strconv.FormatInt(id, 10)
		}
		_, err = r.get(ctx, "_apis/wit/recyclebin", url.Values{"ids": {strings.Join(texts, ",")}}, &list)
		if hasStatus(err, http.StatusNotFound) || hasStatus(err, http.StatusForbidden) {
			err = nil // none is there, or the bin is not for us
		}
		return list, err
	}) {
		if err != nil {
			return nil, err
		}
		for _, raw := range list.Value {
			var d struct {
				ID   int64 `json:"id"`
				Code int   `json:"code"` // of what is not there: 404
			}
			if json.Unmarshal(raw, &d) == nil && d.Code < http.StatusBadRequest {
				binned[d.ID] = true
			}
		}
	}
	return binned, nil
}
