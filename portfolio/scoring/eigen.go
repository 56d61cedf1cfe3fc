package scoring

// A matrix is square, and never negative.
type matrix [][]float64

func newMatrix(n int) matrix {
	cells := make([]float64, n*n)
	m := make(matrix, n)
	for i := range m {
		m[i] = cells[i*n : (i+1)*n : (i+1)*n]
	}
	return m
}

// maxSquarings is far more than any matrix here needs: 2^40 steps of power
// iteration.
const maxSquarings = 40

// settled is the change of the vector below which it stands.
const settled = 1e-15

// principal are the right and the left eigenvector of the largest eigenvalue,
// each with the sum 1. It is power iteration that squares the matrix between
// steps, each of which so stands for as many plain steps as were made before:
// chains of judgements with hardly a comparison across would need thousands.
func principal(m matrix) (right, left []float64) {
	right, left = make([]float64, len(m)), make([]float64, len(m))
	power, next := newMatrix(len(m)), newMatrix(len(m))
	for i := range m {
		copy(power[i], m[i])
	}
	for range maxSquarings {
		total := 0.0
		for _, row := range power {
			total += sum(row)
		}
		change := 0.0
		clear(left)
		for i, row := range power {
			w := sum(row) / total
			change = max(change, w-right[i], right[i]-w)
			right[i] = w
			for j, a := range row {
				left[j] += a / total
			}
		}
		if change < settled {
			break
		}
		square(next, power, total)
		power, next = next, power
	}
	// Two plain steps take away what the squarings left of rounding.
	return step(m, step(m, right)), left
}

// square sets into to m times m, both divided by scale so that no power of a
// matrix becomes too large.
func square(into, m matrix, scale float64) {
	for i := range m {
		row := into[i]
		clear(row)
		for k, a := range m[i] {
			a /= scale * scale
			for j, b := range m[k] {
				row[j] += a * b
			}
		}
	}
}

// step is m times vector, with the sum 1.
func step(m matrix, vector []float64) []float64 {
	next := make([]float64, len(m))
	for i := range m {
		next[i] = dot(m[i], vector)
	}
	total := sum(next)
	for i := range next {
		next[i] /= total
	}
	return next
}

// eigenvalue is that of a vector: the mean of (Mw)i / wi.
func eigenvalue(m matrix, vector []float64) float64 {
	total := 0.0
	for i := range m {
		total += dot(m[i], vector) / vector[i]
	}
	return total / float64(len(m))
}

func dot(a, b []float64) float64 {
	total := 0.0
	for i := range a {
		total += a[i] * b[i]
	}
	return total
}

func sum(values []float64) float64 {
	total := 0.0
	for _, v := range values {
		total += v
	}
	return total
}
