package githubtest

func (q *request) app() { q.notFound() }

func (q *request) graphql() { q.notFound() }
