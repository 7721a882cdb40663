// Functions of Go, called as any export. The runtime starts once per instance.
package main

import "math"

//go:wasmexport fib
func fib(n int32) int32 {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

//go:wasmexport hypotenuse
func hypotenuse(a, b float64) float64 {
	return math.Hypot(a, b)
}

// A panic ends the instance.
//
//go:wasmexport element
func element(index int64) int64 {
	squares := []int64{0, 1, 4, 9}
	return squares[index]
}

func main() {}
