package azuredevopstest

import (
	"encoding/json"
	"fmt"
)

// Event is what a service hook sends, as far as that is looked at.
func Event(kind string, item int64) []byte {
	body, err := json.Marshal(map[string]any{
		"subscriptionId": guid("subscription"), "notificationId": item, "id": guid(fmt.Sprint(kind, item)), "eventType": kind, "publisherId": "tfs",
		"resource":    map[string]any{"workItemId": item, "rev": 2, "url": fmt.Sprintf("https://dev.azure.com/example/_apis/wit/workItems/%d/updates/2", item)},
		"createdDate": "2026-02-03T09:30:00.1Z", "resourceVersion": "1.0",
	})
	if err != nil {
		panic(err) // texts and numbers always encode
	}
	return body
}
