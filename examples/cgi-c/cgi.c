// What a command sees of a request, and every way it can answer: one page for each.
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *variable(const char *name) {
  const char *value = getenv(name);
  return value == NULL ? "(none)" : value;
}

// The body in capitals. Without a header block: the platform sees that it is text.
static int upper(void) {
  int c;
  while ((c = getchar()) != EOF) putchar(toupper(c));
  return 0;
}

// The CGI variables of RFC 3875 (section 4.1), and what config.json sets.
static int environment(void) {
  static const char *const names[] = {
      "REQUEST_METHOD", "PATH_INFO",     "QUERY_STRING",      "CONTENT_TYPE", "CONTENT_LENGTH", "GATEWAY_INTERFACE",
      "HTTP_X_COLOUR",  "HTTP_X_ABSENT", "HTTP_AUTHORIZATION", "HTTP_COOKIE",  "GREETING",
  };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) printf("%s=%s\n", names[i], variable(names[i]));
  return 0;
}

// First those of config.json, then one per pair of the query.
static int arguments(int argc, char **argv) {
  for (int i = 1; i < argc; i++) printf("%s\n", argv[i]);
  return 0;
}

// A header block says what stdout alone cannot (RFC 3875, section 6).
static int teapot(void) {
  printf("Status: 418 I'm a teapot\r\nContent-Type: application/json\r\nX-Leaves: green\r\n\r\n");
  printf("{\"brews\": false}\n");
  return 0;
}

static int moved(void) {
  printf("Status: 303 See Other\nLocation: https://example.org/elsewhere\n\n");
  return 0;
}

// Files of assets/ are there, read and written as any file; what is written is gone after the call.
static int file(void) {
  char line[128];
  FILE *motto = fopen("/texts/motto.txt", "r+");
  if (motto == NULL) {
    perror("/texts/motto.txt");
    return 1;
  }
  fseek(motto, 0, SEEK_END);
  fputs("Written by the guest.\n", motto);
  rewind(motto);
  while (fgets(line, sizeof line, motto) != NULL) fputs(line, stdout);
  fclose(motto);
  return 0;
}

static int fail(void) {
  fprintf(stderr, "this goes to the log\n");
  exit(3);
}

int main(int argc, char **argv) {
  const char *page = variable("PATH_INFO");
  if (strcmp(page, "/upper") == 0) return upper();
  if (strcmp(page, "/environment") == 0) return environment();
  if (strcmp(page, "/arguments") == 0) return arguments(argc, argv);
  if (strcmp(page, "/teapot") == 0) return teapot();
  if (strcmp(page, "/moved") == 0) return moved();
  if (strcmp(page, "/file") == 0) return file();
  if (strcmp(page, "/fail") == 0) return fail();
  if (strcmp(page, "/trap") == 0) __builtin_trap();
  printf("Status: 404\nContent-Type: text/plain\n\nThere is no page %s.\n", page);
  return 0;
}
