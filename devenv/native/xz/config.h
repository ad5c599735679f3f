/* What liblzma's sources read for ./configure's answers: a decoder, no threads.
 * The only file here that is not xz-utils' own. */
#define HAVE_INTTYPES_H 1
#define HAVE_STDINT_H 1
#define HAVE_STDBOOL_H 1
#define HAVE__BOOL 1
#define HAVE_LIMITS_H 1
#define HAVE_STRING_H 1
#define HAVE_VISIBILITY 1
#define HAVE___BUILTIN_ASSUME_ALIGNED 1
#define HAVE_FUNC_ATTRIBUTE_CONSTRUCTOR 1
#define NDEBUG 1

/* Both of our architectures read words wherever they lie. */
#define TUKLIB_FAST_UNALIGNED_ACCESS 1

#ifdef __x86_64__
#define HAVE_IMMINTRIN_H 1
#define HAVE_CPUID_H 1
#define HAVE_USABLE_CLMUL 1
#endif

#define HAVE_CHECK_CRC32 1
#define HAVE_CHECK_CRC64 1
#define HAVE_CHECK_SHA256 1

#define HAVE_DECODERS 1
#define HAVE_DECODER_LZMA1 1
#define HAVE_DECODER_LZMA2 1
#define HAVE_DECODER_DELTA 1
#define HAVE_DECODER_X86 1
#define HAVE_DECODER_ARM 1
#define HAVE_DECODER_ARMTHUMB 1
#define HAVE_DECODER_ARM64 1
#define HAVE_DECODER_IA64 1
#define HAVE_DECODER_POWERPC 1
#define HAVE_DECODER_RISCV 1
#define HAVE_DECODER_SPARC 1
