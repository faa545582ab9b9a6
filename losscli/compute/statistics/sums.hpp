// Exact sums of float64 numbers and of products of them, a block at a time.
//
// A sum is kept as whole numbers of 64 bits, one for every 32 binades (R. M. Neal, Fast exact summation using
// small and large superaccumulators, arXiv:1505.05571). What is computed before it is summed is computed by the
// same operations as in `error_free.py`, so that both give the same bits.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace losscli {

constexpr double SPLITTER = 134217729.0;  // 2^27 + 1
constexpr double LEAST = 0x1p-280, LARGEST = 0x1p300;
constexpr std::ptrdiff_t ROWS = 128;  // four numbers each: 512 of 2^52 at most are added before carries are passed on

struct Sum {
    static constexpr int CHUNKS = 67;
    std::int64_t chunk[CHUNKS] = {};

    // The number, in units of 2^-1075: its lowest 32 bits go to one place, the others to the next.
    inline void add(double number) {
        std::uint64_t bits;
        std::memcpy(&bits, &number, sizeof bits);
        std::uint64_t exponent = (bits >> 52) & 0x7ff;
        std::int64_t mantissa = static_cast<std::int64_t>(bits & 0xfffffffffffffULL);
        mantissa |= static_cast<std::int64_t>(exponent != 0) << 52;
        exponent += exponent == 0;
        const std::int64_t negative = -static_cast<std::int64_t>(bits >> 63);
        mantissa = (mantissa ^ negative) - negative;
        const int shift = static_cast<int>(exponent & 31);
        std::int64_t *place = chunk + (exponent >> 5);
        place[0] += static_cast<std::int64_t>((static_cast<std::uint64_t>(mantissa) << shift) & 0xffffffffULL);
        place[1] += mantissa >> (32 - shift);
    }

    void add(const double *numbers, std::ptrdiff_t rows) {
        for (std::ptrdiff_t row = 0; row < rows; ++row) add(numbers[row]);
    }

    void carry() {
        for (int place = 0; place + 1 < CHUNKS; ++place) {
            chunk[place + 1] += chunk[place] >> 32;
            chunk[place] &= 0xffffffffLL;
        }
    }
};

struct Number {
    double high, low;
};

static inline Number split(double a) {
    double high = a * SPLITTER;
    const double low = high - a;
    high -= low;
    return {high, a - high};
}

static inline Number product(double a, Number a_split, double b, Number b_split) {
    const double high = a * b;
    double low = a_split.high * b_split.high;
    low -= high;
    low += a_split.high * b_split.low;
    low += a_split.low * b_split.high;
    low += a_split.low * b_split.low;
    return {high, low};
}

static inline bool is_wild(double number) {
    const double size = std::fabs(number);
    return !(size <= LARGEST) || (size < LEAST && size > 0.0);
}

static inline bool are_wild(const double *numbers, std::ptrdiff_t rows) {
    int wild = 0;
    for (std::ptrdiff_t row = 0; row < rows; ++row) wild |= is_wild(numbers[row]);
    return wild != 0;
}

// Σ a, Σ a², Σ a³. Returns false for numbers whose cubes are not within range.
static bool powers(const double *a, std::ptrdiff_t rows, Sum *sums) {
    double high[3][ROWS], low[3][ROWS];
    for (std::ptrdiff_t start = 0; start < rows; start += ROWS) {
        const std::ptrdiff_t count = rows - start < ROWS ? rows - start : ROWS;
        const double *part = a + start;
        if (are_wild(part, count)) return false;
        for (std::ptrdiff_t row = 0; row < count; ++row) {
            const double number = part[row];
            const Number pieces = split(number);
            const Number square = product(number, pieces, number, pieces);
            const Number cube = product(square.high, split(square.high), number, pieces);
            const Number rest = product(square.low, split(square.low), number, pieces);
            high[0][row] = square.high;
            low[0][row] = square.low;
            high[1][row] = cube.high;
            low[1][row] = cube.low;
            high[2][row] = rest.high;
            low[2][row] = rest.low;
        }
        for (std::ptrdiff_t row = 0; row < count; ++row) {
            sums[0].add(part[row]);
            sums[1].add(high[0][row]);
            sums[1].add(low[0][row]);
            sums[2].add(high[1][row]);
            sums[2].add(low[1][row]);
            sums[2].add(high[2][row]);
            sums[2].add(low[2][row]);
        }
        for (int power = 0; power < 3; ++power) sums[power].carry();
    }
    return true;
}

// Σ a·b.
static bool products(const double *a, const double *b, std::ptrdiff_t rows, Sum *sum) {
    double high[ROWS], low[ROWS];
    for (std::ptrdiff_t start = 0; start < rows; start += ROWS) {
        const std::ptrdiff_t count = rows - start < ROWS ? rows - start : ROWS;
        if (are_wild(a + start, count) || are_wild(b + start, count)) return false;
        for (std::ptrdiff_t row = 0; row < count; ++row) {
            const double one = a[start + row], other = b[start + row];
            const Number found = product(one, split(one), other, split(other));
            high[row] = found.high;
            low[row] = found.low;
        }
        for (std::ptrdiff_t row = 0; row < count; ++row) {
            sum->add(high[row]);
            sum->add(low[row]);
        }
        sum->carry();
    }
    return true;
}

// Σ a·b, Σ d³ of d = a − b, and Σ dᵢ·dᵢ₊₁ of d rounded; `ends` gets the first and the last d, rounded.
static bool pair(const double *a, const double *b, std::ptrdiff_t rows, Sum *sums, double *ends) {
    double high[3][ROWS], low[3][ROWS], rounded[ROWS + 1];
    double before = 0.0;
    for (std::ptrdiff_t start = 0; start < rows; start += ROWS) {
        const std::ptrdiff_t count = rows - start < ROWS ? rows - start : ROWS;
        const double *first = a + start, *second = b + start;
        rounded[0] = before;
        for (std::ptrdiff_t row = 0; row < count; ++row) rounded[row + 1] = first[row] - second[row];
        if (are_wild(first, count) || are_wild(second, count) || are_wild(rounded + 1, count)) return false;
        for (std::ptrdiff_t row = 0; row < count; ++row) {
            const double one = first[row], other = second[row];
            const Number joint = product(one, split(one), other, split(other));
            const double size = one - other;
            double back = size - one, rest = size - back;
            rest = one - rest;
            back += other;
            rest -= back;
            const Number pieces = split(size);
            const Number square = product(size, pieces, size, pieces);
            const Number cube = product(square.high, split(square.high), size, pieces);
            double error = square.low * size;
            error = cube.low + error;
            double more = square.high * rest;
            more *= 3.0;
            const double earlier = rounded[row];
            const Number neighbours = product(earlier, split(earlier), size, pieces);
            high[0][row] = joint.high;
            low[0][row] = joint.low;
            high[1][row] = cube.high;
            low[1][row] = error + more;
            high[2][row] = neighbours.high;
            low[2][row] = neighbours.low;
        }
        for (std::ptrdiff_t row = 0; row < count; ++row) {
            for (int which = 0; which < 3; ++which) {
                sums[which].add(high[which][row]);
                sums[which].add(low[which][row]);
            }
        }
        for (int which = 0; which < 3; ++which) sums[which].carry();
        if (!start) ends[0] = rounded[1];
        ends[1] = before = rounded[count];
    }
    return true;
}

}  // namespace losscli
