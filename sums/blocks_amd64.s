//go:build !purego

#include "textflag.h"

// The constants of SHA-256 (FIPS 180-4, 4.2.2), in the order of its rounds.
DATA rounds<>+0(SB)/8, $0x71374491428a2f98
DATA rounds<>+8(SB)/8, $0xe9b5dba5b5c0fbcf
DATA rounds<>+16(SB)/8, $0x59f111f13956c25b
DATA rounds<>+24(SB)/8, $0xab1c5ed5923f82a4
DATA rounds<>+32(SB)/8, $0x12835b01d807aa98
DATA rounds<>+40(SB)/8, $0x550c7dc3243185be
DATA rounds<>+48(SB)/8, $0x80deb1fe72be5d74
DATA rounds<>+56(SB)/8, $0xc19bf1749bdc06a7
DATA rounds<>+64(SB)/8, $0xefbe4786e49b69c1
DATA rounds<>+72(SB)/8, $0x240ca1cc0fc19dc6
DATA rounds<>+80(SB)/8, $0x4a7484aa2de92c6f
DATA rounds<>+88(SB)/8, $0x76f988da5cb0a9dc
DATA rounds<>+96(SB)/8, $0xa831c66d983e5152
DATA rounds<>+104(SB)/8, $0xbf597fc7b00327c8
DATA rounds<>+112(SB)/8, $0xd5a79147c6e00bf3
DATA rounds<>+120(SB)/8, $0x1429296706ca6351
DATA rounds<>+128(SB)/8, $0x2e1b213827b70a85
DATA rounds<>+136(SB)/8, $0x53380d134d2c6dfc
DATA rounds<>+144(SB)/8, $0x766a0abb650a7354
DATA rounds<>+152(SB)/8, $0x92722c8581c2c92e
DATA rounds<>+160(SB)/8, $0xa81a664ba2bfe8a1
DATA rounds<>+168(SB)/8, $0xc76c51a3c24b8b70
DATA rounds<>+176(SB)/8, $0xd6990624d192e819
DATA rounds<>+184(SB)/8, $0x106aa070f40e3585
DATA rounds<>+192(SB)/8, $0x1e376c0819a4c116
DATA rounds<>+200(SB)/8, $0x34b0bcb52748774c
DATA rounds<>+208(SB)/8, $0x4ed8aa4a391c0cb3
DATA rounds<>+216(SB)/8, $0x682e6ff35b9cca4f
DATA rounds<>+224(SB)/8, $0x78a5636f748f82ee
DATA rounds<>+232(SB)/8, $0x8cc7020884c87814
DATA rounds<>+240(SB)/8, $0xa4506ceb90befffa
DATA rounds<>+248(SB)/8, $0xc67178f2bef9a3f7
GLOBL rounds<>(SB), RODATA|NOPTR, $256

// What makes big-endian words of the bytes of a block.
DATA swap<>+0(SB)/8, $0x0405060700010203
DATA swap<>+8(SB)/8, $0x0c0d0e0f08090a0b
GLOBL swap<>(SB), RODATA|NOPTR, $16

// The steps of MD5 (RFC 1321, 3.4) with word i of the block at SI. Each waits for
// the one before it: four or five cycles, in which the processor has room for more.
#define F(a, b, c, d, i, s, t) \
	MOVL c, R8; XORL d, R8; ADDL $t, a; ADDL (i*4)(SI), a; ANDL b, R8; XORL d, R8; ADDL R8, a; ROLL $s, a; ADDL b, a
#define G(a, b, c, d, i, s, t) \
	MOVL d, R8; NOTL R8; ADDL $t, a; ADDL (i*4)(SI), a; ANDL c, R8; ADDL R8, a; MOVL d, R9; ANDL b, R9; ADDL R9, a; ROLL $s, a; ADDL b, a
#define H(a, b, c, d, i, s, t) \
	MOVL c, R8; XORL d, R8; ADDL $t, a; ADDL (i*4)(SI), a; XORL b, R8; ADDL R8, a; ROLL $s, a; ADDL b, a
#define I(a, b, c, d, i, s, t) \
	MOVL d, R8; NOTL R8; ADDL $t, a; ADDL (i*4)(SI), a; ORL b, R8; XORL c, R8; ADDL R8, a; ROLL $s, a; ADDL b, a

// Four rounds of SHA-256, in halves: X1 and X2 hold its state, w is four words of
// the schedule, n counts fours of rounds.
#define FIRST(w, n) \
	MOVOA w, X0; PADDL (n*16)(R10), X0; SHA256RNDS2 X0, X1, X2
#define SECOND \
	PSHUFD $0x0e, X0, X0; SHA256RNDS2 X0, X2, X1

// The next words of the schedule: those of next, from w and the ones before it.
#define WORDS(before, w, next) \
	MOVOA w, X7; PALIGNR $4, before, X7; PADDL X7, next; SHA256MSG2 w, next

// LOAD takes words of the block at DI.
#define LOAD(n, w) \
	MOVOU (n*16)(DI), w; PSHUFB X8, w

// func blocks(m *[4]uint32, s *[8]uint32, mp, sp *byte, n int)
//
// MD5 over n blocks at mp, and SHA-256 over n blocks at sp, step by step beside each
// other: what one waits for leaves the processor to the other.
TEXT ·blocks(SB), NOSPLIT, $0-40
	MOVQ  m+0(FP), AX
	MOVQ  s+8(FP), DX
	MOVQ  mp+16(FP), SI
	MOVQ  sp+24(FP), DI
	MOVQ  n+32(FP), R11
	SHLQ  $6, R11
	ADDQ  SI, R11
	LEAQ  rounds<>(SB), R10
	MOVOU swap<>(SB), X8

	// The instructions want the state as ABEF and CDGH.
	MOVOU   (DX), X1
	MOVOU   16(DX), X2
	PSHUFD  $0xb1, X1, X1
	PSHUFD  $0x1b, X2, X2
	MOVOA   X1, X7
	PALIGNR $8, X2, X1
	PBLENDW $0xf0, X7, X2

	MOVL 4(AX), BX
	MOVL 8(AX), CX
	MOVL 12(AX), DX
	MOVL (AX), AX

	CMPQ SI, R11
	JEQ  end

loop:
	MOVL  AX, R12
	MOVL  BX, R13
	MOVL  CX, R14
	MOVL  DX, R15
	MOVOA X1, X9
	MOVOA X2, X10

	LOAD(0, X3)
	FIRST(X3, 0)
	F(AX, BX, CX, DX, 0, 7, 0xd76aa478)
	F(DX, AX, BX, CX, 1, 12, 0xe8c7b756)
	SECOND
	F(CX, DX, AX, BX, 2, 17, 0x242070db)
	F(BX, CX, DX, AX, 3, 22, 0xc1bdceee)

	LOAD(1, X4)
	FIRST(X4, 1)
	F(AX, BX, CX, DX, 4, 7, 0xf57c0faf)
	F(DX, AX, BX, CX, 5, 12, 0x4787c62a)
	SECOND
	F(CX, DX, AX, BX, 6, 17, 0xa8304613)
	SHA256MSG1 X4, X3
	F(BX, CX, DX, AX, 7, 22, 0xfd469501)

	LOAD(2, X5)
	FIRST(X5, 2)
	F(AX, BX, CX, DX, 8, 7, 0x698098d8)
	F(DX, AX, BX, CX, 9, 12, 0x8b44f7af)
	SECOND
	F(CX, DX, AX, BX, 10, 17, 0xffff5bb1)
	SHA256MSG1 X5, X4
	F(BX, CX, DX, AX, 11, 22, 0x895cd7be)

	LOAD(3, X6)
	FIRST(X6, 3)
	F(AX, BX, CX, DX, 12, 7, 0x6b901122)
	F(DX, AX, BX, CX, 13, 12, 0xfd987193)
	WORDS(X5, X6, X3)
	SECOND
	F(CX, DX, AX, BX, 14, 17, 0xa679438e)
	SHA256MSG1 X6, X5
	F(BX, CX, DX, AX, 15, 22, 0x49b40821)

	FIRST(X3, 4)
	G(AX, BX, CX, DX, 1, 5, 0xf61e2562)
	G(DX, AX, BX, CX, 6, 9, 0xc040b340)
	WORDS(X6, X3, X4)
	SECOND
	G(CX, DX, AX, BX, 11, 14, 0x265e5a51)
	SHA256MSG1 X3, X6
	G(BX, CX, DX, AX, 0, 20, 0xe9b6c7aa)

	FIRST(X4, 5)
	G(AX, BX, CX, DX, 5, 5, 0xd62f105d)
	G(DX, AX, BX, CX, 10, 9, 0x02441453)
	WORDS(X3, X4, X5)
	SECOND
	G(CX, DX, AX, BX, 15, 14, 0xd8a1e681)
	SHA256MSG1 X4, X3
	G(BX, CX, DX, AX, 4, 20, 0xe7d3fbc8)

	FIRST(X5, 6)
	G(AX, BX, CX, DX, 9, 5, 0x21e1cde6)
	G(DX, AX, BX, CX, 14, 9, 0xc33707d6)
	WORDS(X4, X5, X6)
	SECOND
	G(CX, DX, AX, BX, 3, 14, 0xf4d50d87)
	SHA256MSG1 X5, X4
	G(BX, CX, DX, AX, 8, 20, 0x455a14ed)

	FIRST(X6, 7)
	G(AX, BX, CX, DX, 13, 5, 0xa9e3e905)
	G(DX, AX, BX, CX, 2, 9, 0xfcefa3f8)
	WORDS(X5, X6, X3)
	SECOND
	G(CX, DX, AX, BX, 7, 14, 0x676f02d9)
	SHA256MSG1 X6, X5
	G(BX, CX, DX, AX, 12, 20, 0x8d2a4c8a)

	FIRST(X3, 8)
	H(AX, BX, CX, DX, 5, 4, 0xfffa3942)
	H(DX, AX, BX, CX, 8, 11, 0x8771f681)
	WORDS(X6, X3, X4)
	SECOND
	H(CX, DX, AX, BX, 11, 16, 0x6d9d6122)
	SHA256MSG1 X3, X6
	H(BX, CX, DX, AX, 14, 23, 0xfde5380c)

	FIRST(X4, 9)
	H(AX, BX, CX, DX, 1, 4, 0xa4beea44)
	H(DX, AX, BX, CX, 4, 11, 0x4bdecfa9)
	WORDS(X3, X4, X5)
	SECOND
	H(CX, DX, AX, BX, 7, 16, 0xf6bb4b60)
	SHA256MSG1 X4, X3
	H(BX, CX, DX, AX, 10, 23, 0xbebfbc70)

	FIRST(X5, 10)
	H(AX, BX, CX, DX, 13, 4, 0x289b7ec6)
	H(DX, AX, BX, CX, 0, 11, 0xeaa127fa)
	WORDS(X4, X5, X6)
	SECOND
	H(CX, DX, AX, BX, 3, 16, 0xd4ef3085)
	SHA256MSG1 X5, X4
	H(BX, CX, DX, AX, 6, 23, 0x04881d05)

	FIRST(X6, 11)
	H(AX, BX, CX, DX, 9, 4, 0xd9d4d039)
	H(DX, AX, BX, CX, 12, 11, 0xe6db99e5)
	WORDS(X5, X6, X3)
	SECOND
	H(CX, DX, AX, BX, 15, 16, 0x1fa27cf8)
	SHA256MSG1 X6, X5
	H(BX, CX, DX, AX, 2, 23, 0xc4ac5665)

	FIRST(X3, 12)
	I(AX, BX, CX, DX, 0, 6, 0xf4292244)
	I(DX, AX, BX, CX, 7, 10, 0x432aff97)
	WORDS(X6, X3, X4)
	SECOND
	I(CX, DX, AX, BX, 14, 15, 0xab9423a7)
	SHA256MSG1 X3, X6
	I(BX, CX, DX, AX, 5, 21, 0xfc93a039)

	FIRST(X4, 13)
	I(AX, BX, CX, DX, 12, 6, 0x655b59c3)
	I(DX, AX, BX, CX, 3, 10, 0x8f0ccc92)
	WORDS(X3, X4, X5)
	SECOND
	I(CX, DX, AX, BX, 10, 15, 0xffeff47d)
	I(BX, CX, DX, AX, 1, 21, 0x85845dd1)

	FIRST(X5, 14)
	I(AX, BX, CX, DX, 8, 6, 0x6fa87e4f)
	I(DX, AX, BX, CX, 15, 10, 0xfe2ce6e0)
	WORDS(X4, X5, X6)
	SECOND
	I(CX, DX, AX, BX, 6, 15, 0xa3014314)
	I(BX, CX, DX, AX, 13, 21, 0x4e0811a1)

	FIRST(X6, 15)
	I(AX, BX, CX, DX, 4, 6, 0xf7537e82)
	I(DX, AX, BX, CX, 11, 10, 0xbd3af235)
	SECOND
	I(CX, DX, AX, BX, 2, 15, 0x2ad7d2bb)
	I(BX, CX, DX, AX, 9, 21, 0xeb86d391)

	ADDL  R12, AX
	ADDL  R13, BX
	ADDL  R14, CX
	ADDL  R15, DX
	PADDL X9, X1
	PADDL X10, X2
	ADDQ  $64, SI
	ADDQ  $64, DI
	CMPQ  SI, R11
	JB    loop

end:
	MOVQ m+0(FP), R8
	MOVL AX, (R8)
	MOVL BX, 4(R8)
	MOVL CX, 8(R8)
	MOVL DX, 12(R8)

	PSHUFD  $0x1b, X1, X1
	PSHUFD  $0xb1, X2, X2
	MOVOA   X1, X7
	PBLENDW $0xf0, X2, X1
	PALIGNR $8, X7, X2
	MOVQ    s+8(FP), R8
	MOVOU   X1, (R8)
	MOVOU   X2, 16(R8)
	RET

// func cpuid(leaf, sub uint32) (bx, cx uint32)
TEXT ·cpuid(SB), NOSPLIT, $0-16
	MOVL leaf+0(FP), AX
	MOVL sub+4(FP), CX
	CPUID
	MOVL BX, bx+8(FP)
	MOVL CX, cx+12(FP)
	RET
