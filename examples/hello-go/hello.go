// The request's body is stdin, stdout is the answer.
package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	name := "world"
	if lines := bufio.NewScanner(os.Stdin); lines.Scan() && lines.Text() != "" {
		name = lines.Text()
	}
	fmt.Printf("Hello from Go, %s!\n", name)
}
