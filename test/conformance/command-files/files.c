// What a program does with files: the first argument says what. Prints what came of it. Built by build.sh.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void show(const char *path) {
  char text[256];
  int file = open(path, O_RDONLY);
  ssize_t length = file < 0 ? -1 : read(file, text, sizeof text);
  if (length < 0) printf("%s: %s\n", path, strerror(errno));
  else printf("%s: %.*s\n", path, (int)length, text);
  if (file >= 0) close(file);
}

static void put(const char *path, int flags, const char *text) {
  int file = open(path, O_WRONLY | O_CREAT | flags, 0666);
  if (file < 0 || write(file, text, strlen(text)) < 0) printf("%s: %s\n", path, strerror(errno));
  if (file >= 0) close(file);
}

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

static void list(const char *path) {
  struct dirent **entries;
  int count = scandir(path, &entries, NULL, by_name);
  printf("%s:", path);
  for (int i = 0; i < count; i++)
    if (entries[i]->d_name[0] != '.') printf(" %s", entries[i]->d_name);
  printf("\n");
}

// Writes 64 KiB at a time until that fails; what is removed can be written again.
static void fill(void) {
  static char block[65536];
  for (int round = 0; round < 2; round++) {
    int file = open("/large", O_WRONLY | O_CREAT, 0666);
    int blocks = 0;
    while (write(file, block, sizeof block) == sizeof block) blocks++;
    printf("%d, %s\n", blocks > 5 && blocks < 17, strerror(errno));
    close(file);
    unlink("/large");
  }
}

static void outside(void) {
  show("/../../../etc/passwd");
  show("/proc/self/environ");
  symlink("/etc/passwd", "/data/absolute");
  symlink("../../../../../../etc/passwd", "/data/relative");
  show("/data/absolute");
  show("/data/relative");
  int file = openat(3, "../etc/passwd", O_RDONLY);
  printf("openat: %s\n", file < 0 ? strerror(errno) : "opened");
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  if (strcmp(what, "write") == 0) {
    show("/note");
    put("/note", 0, "first");
    put("/note", O_APPEND, ", second");
    show("/note");
    put("/note", O_TRUNC, "third");
    show("/note");
    mkdir("/folder", 0777);
    rename("/note", "/folder/moved");
    show("/folder/moved");
    show("/note");
  } else if (strcmp(what, "assets") == 0) {
    list("/");
    list("/data");
    show("/data/greeting");
    show("data/link");
    put("/data/greeting", O_TRUNC, "overwritten");
    show("/data/link");
    unlink("/data/link");
    show("/data/link");
    list("/data");
  } else if (strcmp(what, "fill") == 0) fill();
  else if (strcmp(what, "outside") == 0) outside();
  return 0;
}
