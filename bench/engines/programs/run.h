// What every program has: one function, from an amount of work to a checksum of what it did; -1 when that is more than it has room for.
#include <stdint.h>

#ifdef __wasm__
__attribute__((export_name("run")))
#endif
int32_t run(int64_t n);
