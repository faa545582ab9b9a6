// Rows of plain text to columns, in one pass: no allocation, no exception, no Python.
//
// "Plain" is what the caller promises: no quotes, no carriage returns, no NUL bytes, and a line feed
// as the very last byte. That last byte is the sentinel of every loop here: whatever the bytes before
// it are, a search for the end of a field ends there at the latest, and nothing behind it is read.
// A row that does not have the columns it should have, or a cell that is not taken whole, is told to
// the caller and never guessed at.

#pragma once

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <system_error>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace losscli {

enum class Kind : std::int32_t {
    number = 0,   // float64
    integer = 1,  // int64: text that is a canonical integer
    text = 2,     // bytes, filled up with NUL
    abridged = 3, // the same; one that is longer is an odd cell
};

enum class Stop : std::int32_t {
    end = 0,         // all of the text was taken
    full = 1,        // as many rows as there is room for
    odd = 2,         // as many odd cells as there is room for
    ragged = 3,      // a row of another width
    longer = 4,      // a text that is longer than its array is wide: `needed` bytes
    no_integer = 5,  // a text that is no canonical integer
};

// A column that is wanted, and where it goes. In ascending order of `column`; one may come twice.
struct Wanted {
    std::int32_t column;
    Kind kind;
    char* base;             // the place of row 0
    std::ptrdiff_t stride;  // bytes from one row to the next
    std::ptrdiff_t width;   // of text: the bytes of a cell
};

// A cell that has to be looked at by others; nothing is written for it.
struct Odd {
    std::int64_t wanted, row, start, length;
};

struct Job {
    const char* text;
    std::ptrdiff_t size;  // > 0, and text[size - 1] is a line feed
    char separator;       // no digit, no letter, none of "+-." and no line feed
    std::int32_t columns;
    const Wanted* wanted;
    std::ptrdiff_t wanted_count;
    std::int64_t most_rows;
    Odd* odd;
    std::int64_t most_odd;
    // What is done so far; a row that is not done whole is as if it had not been begun.
    std::ptrdiff_t place = 0;
    std::int64_t row = 0;
    std::int64_t odd_count = 0;
    // Why it stopped, and at which of the wanted columns.
    Stop stop = Stop::end;
    std::int64_t at = 0;
    std::int64_t needed = 0;
};

inline bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }
inline bool is_blank(char c) { return c == ' ' || c == '\t'; }

// The end of the field that `p` is in: a separator or a line feed.
inline const char* field_end(const char* p, const char* end, char separator) {
#if defined(__SSE2__)
    // Fields are of all lengths: a loop over their bytes is mispredicted once in each.
    const __m128i separators = _mm_set1_epi8(separator), feeds = _mm_set1_epi8('\n');
    while (end - p >= 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
        const int found = _mm_movemask_epi8(
            _mm_or_si128(_mm_cmpeq_epi8(bytes, separators), _mm_cmpeq_epi8(bytes, feeds)));
        if (found) return p + __builtin_ctz(static_cast<unsigned>(found));
        p += 16;
    }
#endif
    while (*p != separator && *p != '\n') ++p;
    return p;
}

// Go behind `count` separators of a row. Returns nullptr where the row ends before that.
inline const char* skipped(const char* p, const char* end, std::int32_t count, char separator) {
    while (count) {
        if (*p == separator) {
            // Behind a field that was read.
            ++p;
            --count;
            continue;
        }
#if defined(__SSE2__)
        // Many columns that nobody wants: count the separators of 16 bytes at once.
        if (count > 4 && end - p >= 16) {
            const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
            const int feeds = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')));
            const int separators = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(separator)));
            const int found = __builtin_popcount(static_cast<unsigned>(separators));
            if (!feeds && found < count) {
                count -= found;
                p += 16;
                continue;
            }
        }
#endif
        p = field_end(p, end, separator);
        if (*p == '\n') return nullptr;
        ++p;
        --count;
    }
    return p;
}

// Read a number from `p` on, blanks around it and a plus before it left out. Returns the end of its
// field, or nullptr where the field is not one number whole: then others decide what it is.
inline const char* number(const char* p, const char* end, char separator, double* value) {
    while (is_blank(*p) && *p != separator) ++p;
    const char* digits = p;
    if (*p == '+') digits = ++p;
    else if (*p == '-') ++digits;
    // `from_chars` takes words such as "inf" and "nan" too. Each look is at or before the last line feed.
    if (!is_digit(*digits) && !(*digits == '.' && is_digit(digits[1]))) return nullptr;
    const auto read = std::from_chars(p, end, *value);
    // Libraries disagree on whether what is too large for a double is an error or an infinity.
    if (read.ec != std::errc() || !(std::fabs(*value) <= std::numeric_limits<double>::max())) return nullptr;
    p = read.ptr;
    while (*p != separator && is_blank(*p)) ++p;
    return *p == separator || *p == '\n' ? p : nullptr;
}

// The bytes of a field without the blanks around it.
struct Field {
    const char *begin, *end, *behind;
};

inline Field trimmed(const char* p, const char* text_end, char separator) {
    const char* behind = field_end(p, text_end, separator);
    const char* end = behind;
    while (p < end && is_blank(*p)) ++p;
    while (p < end && is_blank(end[-1])) --end;
    return {p, end, behind};
}

// Read the integer from `p` on, blanks around it left out, if its text is the only text of that integer:
// no plus, no zero before other digits, 18 digits at most. Returns the end of its field, else nullptr.
inline const char* integer(const char* p, char separator, std::int64_t* value) {
    while (is_blank(*p) && *p != separator) ++p;
    const bool negative = *p == '-';
    if (negative) ++p;
    const char* const first = p;
    std::uint64_t found = 0;
    for (; is_digit(*p); ++p) {
        if (p - first == 18) return nullptr;
        found = 10 * found + static_cast<std::uint64_t>(*p - '0');
    }
    if (p == first || (*first == '0' && (p - first > 1 || negative))) return nullptr;
    while (is_blank(*p) && *p != separator) ++p;
    if (*p != separator && *p != '\n') return nullptr;
    *value = negative ? -static_cast<std::int64_t>(found) : static_cast<std::int64_t>(found);
    return p;
}

// Take rows until something stops it: the text ends, the room does, or a row needs somebody else.
inline void scan(Job& job) {
    const char* const end = job.text + job.size;
    const char* p = job.text + job.place;
    const char separator = job.separator;
    const Wanted* const wanted_end = job.wanted + job.wanted_count;
    const auto stopped = [&](Stop stop, std::int64_t at = 0, std::int64_t needed = 0) {
        job.stop = stop;
        job.at = at;
        job.needed = needed;
    };
    std::int64_t odd_count = job.odd_count;
    while (p < end) {
        if (job.row == job.most_rows) return stopped(Stop::full);
        std::int32_t column = 0;  // `p` is at the beginning of this one
        for (const Wanted* one = job.wanted; one != wanted_end; ++one) {
            if (column < one->column) {
                // At the end of a field that was read, or the beginning of the row.
                p = skipped(p, end, one->column - column, separator);
                if (p == nullptr) return stopped(Stop::ragged);
                column = one->column;
            }
            char* const place = one->base + job.row * one->stride;
            const char* behind;
            if (one->kind == Kind::number) {
                double value;
                behind = number(p, end, separator, &value);
                if (behind != nullptr) {
                    std::memcpy(place, &value, sizeof value);
                } else {
                    if (odd_count == job.most_odd) return stopped(Stop::odd);
                    behind = field_end(p, end, separator);
                    job.odd[odd_count++] = {one - job.wanted, job.row, p - job.text, behind - p};
                }
            } else if (one->kind == Kind::integer) {
                std::int64_t value;
                behind = integer(p, separator, &value);
                if (behind == nullptr) return stopped(Stop::no_integer, one - job.wanted);
                std::memcpy(place, &value, sizeof value);
            } else {
                const Field field = trimmed(p, end, separator);
                const std::ptrdiff_t length = field.end - field.begin;
                behind = field.behind;
                if (length <= one->width) {
                    std::memcpy(place, field.begin, static_cast<std::size_t>(length));
                    std::memset(place + length, 0, static_cast<std::size_t>(one->width - length));
                } else if (one->kind == Kind::text) {
                    return stopped(Stop::longer, one - job.wanted, length);
                } else {
                    if (odd_count == job.most_odd) return stopped(Stop::odd);
                    job.odd[odd_count++] = {one - job.wanted, job.row, p - job.text, behind - p};
                }
            }
            // The next wanted column may be this one again; then it is read from its beginning.
            if (one + 1 != wanted_end && one[1].column == column) continue;
            p = behind;
        }
        if (column != job.columns - 1 || *p != '\n') {
            p = skipped(p, end, job.columns - 1 - column, separator);
            if (p == nullptr) return stopped(Stop::ragged);
            p = field_end(p, end, separator);
            if (*p != '\n') return stopped(Stop::ragged);
        }
        ++p;
        job.place = p - job.text;
        job.odd_count = odd_count;
        ++job.row;
    }
    stopped(Stop::end);
}

}  // namespace losscli
