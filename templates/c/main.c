#include <stdio.h>
#include <zlib.h>

int main(void) {
  printf("hello from C and zlib %s\n", zlibVersion());
  return 0;
}
