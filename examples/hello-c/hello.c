// The request's body is stdin, stdout is the answer.
#include <stdio.h>
#include <string.h>

int main(void) {
  char name[256] = "";
  fgets(name, sizeof name, stdin);
  name[strcspn(name, "\r\n")] = '\0';
  printf("Hello from C, %s!\n", name[0] ? name : "world");
  return 0;
}
