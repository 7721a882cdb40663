// Writes a JSON document of n records, and reads it 64 times into a tree (RFC 8259: strings unescaped to UTF-8, numbers as doubles), over which it then adds
// up numbers, strings and names. A recursive descent; all values are in one array, children as linked lists.
#include "run.h"

#define MOST 4000
#define MOST_TEXT (MOST * 320)
#define MOST_VALUES (MOST * 24)
#define ROUNDS 64

typedef enum { NOTHING, FALSE, TRUE, NUMBER, STRING, ARRAY, OBJECT } Kind;

typedef struct {
  Kind kind;
  double number;
  // Where its string is in `strings`; of a member of an object also its name.
  uint32_t string, length, name, nameLength;
  // Indices of values; 0 is none.
  uint32_t firstChild, next;
} Value;

static char text[MOST_TEXT], strings[MOST_TEXT];
static Value values[MOST_VALUES];
static uint32_t textEnd, stringsEnd, valuesEnd;
static const char *at;
static int broken;

static void put(const char *part) {
  while (*part != 0) text[textEnd++] = *part++;
}

static void putNumber(uint32_t number) {
  char digits[10];
  int count = 0;
  do digits[count++] = (char)('0' + number % 10);
  while ((number /= 10) > 0);
  while (count > 0) text[textEnd++] = digits[--count];
}

static void writeDocument(uint32_t records) {
  static const char *const names[] = {"Ada", "Grace \\\"Amazing\\\" Hopper", "Kurt G\\u00f6del", "Alan\\tTuring", "Barbara Liskov"};
  uint32_t random = 1;
  textEnd = 0;
  put("{\"version\": 1, \"records\": [\n");
  for (uint32_t i = 0; i < records; i++) {
    random = random * 1664525u + 1013904223u;
    put("  {\"id\": "), putNumber(i);
    put(", \"name\": \""), put(names[(random >> 16) % 5]);
    put("\", \"price\": "), put(random >> 31 ? "-" : ""), putNumber(random >> 20), put("."), putNumber(10 + (random >> 8) % 90);
    put(", \"weight\": "), putNumber(random >> 24), put(i % 7 == 0 ? "e2" : "");
    put(", \"tags\": [\"maths\", \"engines\", \"looms\", \"notes\"], \"active\": "), put(random & 1024 ? "true" : "false");
    put(", \"position\": {\"x\": "), putNumber(random >> 12 & 255), put(", \"y\": "), putNumber(random >> 4 & 255);
    put(", \"label\": \"a place that has a longer description than most\"}, \"parent\": null}"), put(i + 1 < records ? ",\n" : "\n");
  }
  put("]}");
  text[textEnd] = 0;
}

static void skipSpace(void) {
  while (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r') at++;
}

static uint32_t readHex4(void) {
  uint32_t code = 0;
  for (int i = 0; i < 4; i++) {
    char digit = *at++;
    if (digit >= '0' && digit <= '9') code = code << 4 | (uint32_t)(digit - '0');
    else if (digit >= 'a' && digit <= 'f') code = code << 4 | (uint32_t)(digit - 'a' + 10);
    else if (digit >= 'A' && digit <= 'F') code = code << 4 | (uint32_t)(digit - 'A' + 10);
    else broken = 1;
    if (broken) return 0;
  }
  return code;
}

static void readEscape(void) {
  char escape = *at++;
  uint32_t code;
  switch (escape) {
    case '"': case '\\': case '/': strings[stringsEnd++] = escape; return;
    case 'b': strings[stringsEnd++] = '\b'; return;
    case 'f': strings[stringsEnd++] = '\f'; return;
    case 'n': strings[stringsEnd++] = '\n'; return;
    case 'r': strings[stringsEnd++] = '\r'; return;
    case 't': strings[stringsEnd++] = '\t'; return;
    case 'u': code = readHex4(); break;
    default: broken = 1; return;
  }
  // The document has no surrogate pairs.
  if (code < 0x80) strings[stringsEnd++] = (char)code;
  else if (code < 0x800) {
    strings[stringsEnd++] = (char)(0xc0 | code >> 6);
    strings[stringsEnd++] = (char)(0x80 | (code & 63));
  } else {
    strings[stringsEnd++] = (char)(0xe0 | code >> 12);
    strings[stringsEnd++] = (char)(0x80 | (code >> 6 & 63));
    strings[stringsEnd++] = (char)(0x80 | (code & 63));
  }
}

static uint32_t readString(uint32_t *length) {
  uint32_t start = stringsEnd;
  *length = 0;
  if (*at++ != '"') return broken = 1, start;
  while (!broken && *at != '"') {
    if ((unsigned char)*at < ' ') broken = 1;
    else if (*at == '\\') at++, readEscape();
    else strings[stringsEnd++] = *at++;
  }
  at++;
  *length = stringsEnd - start;
  return start;
}

static double readDigits(double number, int *count) {
  for (*count = 0; *at >= '0' && *at <= '9'; ++*count) number = number * 10 + (*at++ - '0');
  return number;
}

static double readNumber(void) {
  int negative = *at == '-' ? at++, 1 : 0;
  int digits;
  double number = readDigits(0, &digits);
  int exponent = 0;
  if (digits == 0) return broken = 1, 0;
  if (*at == '.') {
    at++;
    number = readDigits(number, &digits);
    if (digits == 0) return broken = 1, 0;
    exponent = -digits;
  }
  if (*at == 'e' || *at == 'E') {
    at++;
    int sign = *at == '-' ? at++, -1 : *at == '+' ? at++, 1 : 1;
    exponent += sign * (int)readDigits(0, &digits);
    if (digits == 0) return broken = 1, 0;
  }
  double power = 1;
  for (int i = exponent < 0 ? -exponent : exponent; i > 0; i--) power *= 10;
  number = exponent < 0 ? number / power : number * power;
  return negative ? -number : number;
}

static int readWord(const char *word) {
  while (*word != 0 && *at == *word) at++, word++;
  if (*word != 0) broken = 1;
  return *word == 0;
}

static uint32_t readValue(void);

static void readChildren(uint32_t parent, Kind kind, char end) {
  uint32_t *link = &values[parent].firstChild;
  values[parent].kind = kind;
  at++;
  skipSpace();
  if (*at == end) {
    at++;
    return;
  }
  for (;;) {
    uint32_t name = 0, nameLength = 0;
    if (kind == OBJECT) {
      skipSpace();
      name = readString(&nameLength);
      skipSpace();
      if (*at++ != ':') broken = 1;
    }
    uint32_t child = readValue();
    if (broken) return;
    values[child].name = name;
    values[child].nameLength = nameLength;
    *link = child;
    link = &values[child].next;
    skipSpace();
    char after = *at++;
    if (after == end) return;
    if (after != ',') {
      broken = 1;
      return;
    }
  }
}

static uint32_t readValue(void) {
  uint32_t index = valuesEnd++;
  Value *value = &values[index];
  if (index >= MOST_VALUES) return broken = 1, 0;
  *value = (Value){.kind = NOTHING};
  skipSpace();
  switch (*at) {
    case '{': readChildren(index, OBJECT, '}'); break;
    case '[': readChildren(index, ARRAY, ']'); break;
    case '"': value->kind = STRING, value->string = readString(&value->length); break;
    case 't': value->kind = TRUE, readWord("true"); break;
    case 'f': value->kind = FALSE, readWord("false"); break;
    case 'n': readWord("null"); break;
    default: value->kind = NUMBER, value->number = readNumber();
  }
  return index;
}

static uint32_t addString(uint32_t sum, uint32_t from, uint32_t length) {
  for (uint32_t i = 0; i < length; i++) sum = sum * 31 + (unsigned char)strings[from + i];
  return sum;
}

static uint32_t addUp(uint32_t sum, uint32_t index) {
  const Value *value = &values[index];
  sum = addString(sum * 31 + value->kind, value->name, value->nameLength);
  if (value->kind == STRING) sum = addString(sum, value->string, value->length);
  // Twice the hundredth and the half: no rounding is near a whole number.
  if (value->kind == NUMBER) sum = sum * 31 + (uint32_t)(int32_t)(value->number * 200 + (value->number < 0 ? -1 : 1));
  for (uint32_t child = value->firstChild; child != 0; child = values[child].next) sum = addUp(sum, child);
  return sum;
}

int32_t run(int64_t n) {
  if (n > MOST) return -1;
  uint32_t checksum = 0;
  writeDocument((uint32_t)n);
  for (int round = 0; round < ROUNDS; round++) {
    at = text;
    stringsEnd = 0;
    valuesEnd = 1;
    uint32_t document = readValue();
    if (broken || *at != 0) return -2;
    checksum = addUp(checksum, document);
  }
  return (int32_t)checksum;
}
