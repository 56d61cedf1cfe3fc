package scoring

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// MaxSiblings is how many items can be compared with each other; beyond it
// nobody judges consistently, and Saaty gives no random index.
const MaxSiblings = 10

// AcceptableCR is the consistency ratio up to which judgements are taken as
// they are.
const AcceptableCR = 0.10

// randomIndex is the mean consistency index of random judgements by the number
// of items: Saaty, J. Math. Psych. 15 (1977). Later tables differ.
var randomIndex = [MaxSiblings + 1]float64{3: .58, 4: .90, 5: 1.12, 6: 1.24, 7: 1.32, 8: 1.41, 9: 1.45, 10: 1.49}

// A Judgement says that item A is Times as important as item B. Items are
// numbered from 0; Times is from 1/9 to 9.
type Judgement struct {
	A, B  int
	Times float64
}

// Priorities are the weights that follow from judgements.
type Priorities struct {
	// Weights are those of the items in their order; their sum is 1.
	Weights []float64
	// Lambda is the principal eigenvalue: the number of items, and more the
	// less the judgements agree with each other.
	Lambda float64
	// CI is the consistency index, CR the ratio of it to that of random
	// judgements.
	CI, CR float64
	// Acceptable says that CR is at most AcceptableCR.
	Acceptable bool
	// Approximate says that judgements were missing, so that CR is of the
	// completed ones and tends to be too small.
	Approximate bool
	// Worst is what to ask the judge again; nil when the judgements are
	// consistent.
	Worst *WorstPair
}

// A WorstPair is the one judgement whose change would make all of them most
// consistent.
type WorstPair struct {
	A, B int
	// Given is how many times as important as B item A was judged to be: 1 or
	// more, for that is how A and B are told apart.
	Given float64
	// Suggested is what would give the smallest CR, which is CRThen.
	Suggested, CRThen float64
}

// ErrTooMany says that there are more items than can be compared.
var ErrTooMany = fmt.Errorf("more than %d items cannot be compared with each other: group them", MaxSiblings)

// ErrPair says that a judgement does not compare two of the items.
var ErrPair = errors.New("a judgement compares two different items of those there are")

// NotConnected says that judgements leave items in groups that are nowhere
// compared with each other, so that no weights follow.
type NotConnected struct {
	// Groups are the items that are compared, in ascending order, the group
	// with the first item first.
	Groups [][]int
}

func (e *NotConnected) Error() string {
	groups := make([]string, len(e.Groups))
	for i, g := range e.Groups {
		groups[i] = strings.Trim(fmt.Sprint(g), "[]")
	}
	return "items are not compared with each other: " + strings.Join(groups, " | ")
}

// Prioritise returns the weights of n items by judgements of one judge: the
// principal right eigenvector of the reciprocal matrix, for missing judgements
// of Harker's completion of it. A pair that is judged more than once counts
// with the geometric mean. The error is ErrTooMany, ErrScale, ErrPair or a
// *NotConnected.
func Prioritise(n int, judgements []Judgement) (*Priorities, error) {
	given, err := newComparisons(n, judgements)
	if err != nil {
		return nil, err
	}
	return given.prioritise()
}

// comparisons is the reciprocal matrix, with 0 where nobody judged and on the
// diagonal.
type comparisons struct{ times matrix }

func newComparisons(n int, judgements []Judgement) (*comparisons, error) {
	if n > MaxSiblings {
		return nil, ErrTooMany
	}
	logs, counts := newMatrix(n), newMatrix(n)
	for _, j := range judgements {
		if j.A == j.B || j.A < 0 || j.B < 0 || j.A >= n || j.B >= n {
			return nil, fmt.Errorf("%d and %d: %w", j.A, j.B, ErrPair)
		}
		if !onScale(j.Times) {
			return nil, fmt.Errorf("%v: %w", j.Times, ErrScale)
		}
		a, b, times := j.A, j.B, j.Times
		if a > b {
			a, b, times = b, a, 1/times
		}
		logs[a][b] += math.Log(times)
		counts[a][b]++
		if counts[a][b] == 1 {
			logs[b][a] = times // as given: a logarithm and back would not be exact
		}
	}
	c := &comparisons{newMatrix(n)}
	for a := range n {
		for b := a + 1; b < n; b++ {
			switch counts[a][b] {
			case 0:
			case 1:
				c.set(a, b, logs[b][a])
			default:
				c.set(a, b, math.Exp(logs[a][b]/counts[a][b]))
			}
		}
	}
	return c, nil
}

func (c *comparisons) set(a, b int, times float64) { c.times[a][b], c.times[b][a] = times, 1/times }

func (c *comparisons) prioritise() (*Priorities, error) {
	n := len(c.times)
	if groups := c.groups(); len(groups) > 1 {
		return nil, &NotConnected{groups}
	}
	completed, missing := c.completed()
	p := &Priorities{Approximate: missing > 0}
	p.Weights, _ = principal(completed)
	p.Lambda, p.CI, p.CR = consistency(completed, p.Weights)
	p.Acceptable = p.CR <= AcceptableCR
	if n > 2 && p.CR > 0 {
		p.Worst = c.worst(p.CR)
	}
	return p, nil
}

// completed is Harker's matrix: missing judgements are 0, and on the diagonal
// stands how many of its row are missing, plus 1. Its eigenvector is that of
// the matrix in which every missing judgement is the ratio of the weights.
func (c *comparisons) completed() (m matrix, missing int) {
	m = newMatrix(len(c.times))
	for i, row := range c.times {
		copy(m[i], row)
		m[i][i] = 1
		for j, times := range row {
			if i != j && times == 0 {
				m[i][i]++
				missing++
			}
		}
	}
	return m, missing
}

// consistency is what the weights leave unexplained. Of one or two items
// nothing can be inconsistent.
func consistency(m matrix, weights []float64) (lambda, ci, cr float64) {
	n := len(m)
	if n < 3 {
		return float64(n), 0, 0
	}
	lambda = Round9(eigenvalue(m, weights))
	ci = max(0, (lambda-float64(n))/float64(n-1))
	return lambda, Round9(ci), Round9(ci / randomIndex[n])
}

// groups are the items that comparisons connect.
func (c *comparisons) groups() [][]int {
	var groups [][]int
	seen := make([]bool, len(c.times))
	for first := range c.times {
		if seen[first] {
			continue
		}
		seen[first] = true
		reached := []int{first}
		for next := 0; next < len(reached); next++ {
			for other, times := range c.times[reached[next]] {
				if times != 0 && !seen[other] {
					seen[other] = true
					reached = append(reached, other)
				}
			}
		}
		groups = append(groups, ascending(reached))
	}
	return groups
}
