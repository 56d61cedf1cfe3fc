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

// principal is the right eigenvector of the largest eigenvalue, with the sum
// 1. It is power iteration that squares the matrix between steps, each of which
// so stands for as many plain steps as were made before: chains of judgements
// with hardly a comparison across would need thousands.
func principal(m matrix) []float64 {
	vector := make([]float64, len(m))
	power, next := newMatrix(len(m)), newMatrix(len(m))
	for i := range m {
		copy(power[i], m[i])
	}
	for range maxSquarings {
		change := 0.0
		total := 0.0
		for _, row := range power {
			total += sum(row)
		}
		for i, row := range power {
			w := sum(row) / total
			change = max(change, w-vector[i], vector[i]-w)
			vector[i] = w
		}
		if change < settled {
			break
		}
		square(next, power, total)
		power, next = next, power
	}
	// Two plain steps take away what the squarings left of rounding.
	return step(m, step(m, vector))
}

// square sets into to m times m, divided by scale twice so that no power of a
// matrix becomes too large.
func square(into, m matrix, scale float64) {
	for i := range m {
		row := into[i]
		clear(row)
		for k, a := range m[i] {
			a /= scale
			for j, b := range m[k] {
				row[j] += a * (b / scale)
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
