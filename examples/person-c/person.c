// The functions of wit/world.wit. wit-bindgen writes people.h from it, and the code between these types and the component's own.
#include "people.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { oldest_possible = 150 };

// What is returned is freed by the generated code, so it is a copy on the heap.
bool exports_people_greet(people_person_t *person, people_string_t *ret, people_string_t *err) {
  char text[1024];
  if (person->age > oldest_possible) {
    snprintf(text, sizeof text, "too old: %u", person->age);
    people_string_dup(err, text);
    return false;
  }
  size_t tags = person->tags.len;
  snprintf(text, sizeof text, "Hello %.*s, %u, with %zu %s", (int)person->name.len, (char *)person->name.ptr, person->age, tags,
           tags == 1 ? "tag" : "tags");
  people_string_dup(ret, text);
  return true;
}

bool exports_people_oldest(people_list_person_t *people, people_person_t *ret) {
  if (people->len == 0) return false;
  people_person_t *oldest = people->ptr;
  for (size_t i = 1; i < people->len; i++)
    if (people->ptr[i].age > oldest->age) oldest = &people->ptr[i];
  *ret = *oldest;  // its strings go along,
  *oldest = people->ptr[--people->len];  // and the others stay
  people_list_person_free(people);
  return true;
}
