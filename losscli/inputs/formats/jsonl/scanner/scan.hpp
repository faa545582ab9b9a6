// Rows of JSON to columns, in one pass: no allocation, no exception, no Python.
//
// A row is an object on a line, and is taken if it is of the shape of the first row: in each object that
// holds a wanted value the same keys in the same order, in each such array as many elements. Whatever else
// it holds is gone over, and proven to be JSON. All else is told to the caller and never guessed at: another
// order of keys, text with escapes where it is wanted, numbers that float64 may not hold exactly, faults.
//
// The caller promises UTF-8, and a line feed as the very last byte. Outside of strings no step passes a line
// feed, inside of them it is a fault: that byte is the sentinel of every loop here.

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

namespace losscli_json {

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
    other = 3,       // a row of another shape
    longer = 4,      // a text that is longer than its array is wide: `needed` bytes
    no_integer = 5,  // a text that is no canonical integer
};

enum class Shape : std::int32_t { skipped = 0, number = 1, text = 2, truth = 3, object = 4, array = 5 };

// A value of the first row. The children of one lie side by side.
struct Node {
    Shape shape;
    std::int32_t first_child, children;
    std::int32_t key, key_size;  // in `keys`, with its quotes; of an element of an array nothing
    std::int32_t column;         // which of the wanted columns it is
};

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
    const Node* nodes;    // the first is the row
    const char* keys;
    const Wanted* wanted;         // in ascending order of `column`
    const std::int32_t* targets;  // of column c those from targets[c] to targets[c + 1]
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

constexpr int deepest = 64;
constexpr int most_keys = 64;      // of an object that nobody wants: more are left to others
constexpr int exact_digits = 15;   // integers of so many digits are all float64
constexpr int most_digits = 4000;  // Python refuses to read longer ones

inline bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }
inline bool is_blank(char c) { return c == ' ' || c == '\t'; }
inline const char* behind_space(const char* p) {
    while (*p == ' ' || *p == '\t' || *p == '\r') ++p;
    return p;
}

// A string from its first quote on. `end` is its last quote, nullptr where it is for others.
struct String {
    const char* end;
    bool escapes;
};

// Behind a backslash: the end of the escape, nullptr where it is none, or half of a pair.
inline const char* behind_escape(const char* p) {
    switch (*p) {
    case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't':
        return p + 1;
    case 'u':
        for (int i = 1; i <= 4; ++i) {
            const char c = static_cast<char>(p[i] | 0x20);
            if (!is_digit(p[i]) && !(c >= 'a' && c <= 'f')) return nullptr;
        }
        return (p[1] | 0x20) == 'd' && !(p[2] >= '0' && p[2] <= '7') ? nullptr : p + 5;
    default:
        return nullptr;
    }
}

inline String string(const char* p, const char* text_end) {
    bool escapes = false;
    ++p;
    while (true) {
#if defined(__SSE2__)
        while (text_end - p >= 16) {
            const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
            const __m128i low = _mm_cmpeq_epi8(_mm_max_epu8(bytes, _mm_set1_epi8(0x1f)), _mm_set1_epi8(0x1f));
            const __m128i marks = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                               _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
            const int found = _mm_movemask_epi8(_mm_or_si128(low, marks));
            if (found) {
                p += __builtin_ctz(static_cast<unsigned>(found));
                break;
            }
            p += 16;
        }
#else
        (void)text_end;
#endif
        while (*p != '"' && *p != '\\' && static_cast<unsigned char>(*p) >= 0x20) ++p;
        if (*p == '"') return {p, escapes};
        if (*p != '\\') return {nullptr, escapes};
        escapes = true;
        p = behind_escape(p + 1);
        if (p == nullptr) return {nullptr, escapes};
    }
}

// A number: its end, nullptr where it is none.
struct Number {
    const char* end;
    const char* digits;  // behind the sign
    bool integer;
};

inline Number number(const char* p) {
    if (*p == '-') ++p;
    const char* const digits = p;
    if (!is_digit(*p)) return {nullptr, digits, false};
    if (*p == '0') ++p;
    else while (is_digit(*p)) ++p;
    bool integer = true;
    if (*p == '.') {
        integer = false;
        if (!is_digit(*++p)) return {nullptr, digits, false};
        while (is_digit(*p)) ++p;
    }
    if ((*p | 0x20) == 'e') {
        integer = false;
        ++p;
        if (*p == '+' || *p == '-') ++p;
        if (!is_digit(*p)) return {nullptr, digits, false};
        while (is_digit(*p)) ++p;
    }
    if (integer && p - digits > most_digits) return {nullptr, digits, false};
    return {p, digits, integer};
}

inline const char* behind_word(const char* p, const char* end, const char* word, std::ptrdiff_t size) {
    return end - p > size && std::memcmp(p, word, static_cast<std::size_t>(size)) == 0 ? p + size : nullptr;
}

// Go behind a value that nobody wants. Returns nullptr where it is not JSON, or for others to say.
inline const char* skipped(const char* p, const char* end, int depth) {
    if (depth > deepest) return nullptr;
    switch (*p) {
    case '"': {
        const String found = string(p, end);
        return found.end == nullptr ? nullptr : found.end + 1;
    }
    case 't': return behind_word(p, end, "true", 4);
    case 'f': return behind_word(p, end, "false", 5);
    case 'n': return behind_word(p, end, "null", 4);
    case '[':
        p = behind_space(p + 1);
        if (*p == ']') return p + 1;
        while (true) {
            p = skipped(p, end, depth + 1);
            if (p == nullptr) return nullptr;
            p = behind_space(p);
            if (*p == ']') return p + 1;
            if (*p != ',') return nullptr;
            p = behind_space(p + 1);
        }
    case '{': {
        struct { const char* begin; std::ptrdiff_t size; } keys[most_keys];
        p = behind_space(p + 1);
        if (*p == '}') return p + 1;
        for (int count = 0;; ++count) {
            if (*p != '"' || count == most_keys) return nullptr;
            const String key = string(p, end);
            if (key.end == nullptr || key.escapes) return nullptr;
            keys[count] = {p, key.end - p};
            for (int i = 0; i < count; ++i)
                if (keys[i].size == keys[count].size &&
                    std::memcmp(keys[i].begin, p, static_cast<std::size_t>(key.end - p)) == 0)
                    return nullptr;
            p = behind_space(key.end + 1);
            if (*p != ':') return nullptr;
            p = skipped(behind_space(p + 1), end, depth + 1);
            if (p == nullptr) return nullptr;
            p = behind_space(p);
            if (*p == '}') return p + 1;
            if (*p != ',') return nullptr;
            p = behind_space(p + 1);
        }
    }
    default: return number(p).end;
    }
}

class Scan {
public:
    explicit Scan(Job& job) : job_(job), end_(job.text + job.size), odd_count_(job.odd_count) {}

    // Take rows until something stops it: the text ends, the room does, or a row needs somebody else.
    void run() {
        const char* p = job_.text + job_.place;
        while (p < end_) {
            if (job_.row == job_.most_rows) return stopped(Stop::full);
            job_.stop = Stop::other;
            p = value(behind_space(p), job_.nodes[0]);
            if (p == nullptr) return;
            p = behind_space(p);
            if (*p != '\n') return;
            ++p;
            job_.place = p - job_.text;
            job_.odd_count = odd_count_;
            ++job_.row;
        }
        stopped(Stop::end);
    }

private:
    void stopped(Stop stop, std::int64_t at = 0, std::int64_t needed = 0) {
        job_.stop = stop;
        job_.at = at;
        job_.needed = needed;
    }

    const char* value(const char* p, const Node& node) {
        switch (node.shape) {
        case Shape::skipped: return skipped(p, end_, 0);
        case Shape::object: return members(p, node);
        case Shape::array: return elements(p, node);
        default: return cell(p, node);
        }
    }

    const char* members(const char* p, const Node& node) {
        if (*p != '{') return nullptr;
        p = behind_space(p + 1);
        for (std::int32_t i = 0; i < node.children; ++i) {
            const Node& child = job_.nodes[node.first_child + i];
            if (i) {
                if (*p != ',') return nullptr;
                p = behind_space(p + 1);
            }
            p = behind_word(p, end_, job_.keys + child.key, child.key_size);
            if (p == nullptr) return nullptr;
            p = behind_space(p);
            if (*p != ':') return nullptr;
            p = value(behind_space(p + 1), child);
            if (p == nullptr) return nullptr;
            p = behind_space(p);
        }
        return *p == '}' ? p + 1 : nullptr;
    }

    const char* elements(const char* p, const Node& node) {
        if (*p != '[') return nullptr;
        p = behind_space(p + 1);
        for (std::int32_t i = 0; i < node.children; ++i) {
            if (i) {
                if (*p != ',') return nullptr;
                p = behind_space(p + 1);
            }
            p = value(p, job_.nodes[node.first_child + i]);
            if (p == nullptr) return nullptr;
            p = behind_space(p);
        }
        return *p == ']' ? p + 1 : nullptr;
    }

    // A value that is wanted: what stands between `begin` and `end`, and what comes behind it.
    const char* cell(const char* p, const Node& node) {
        const char *begin = p, *end = nullptr, *behind = nullptr;
        double number_found = 0;
        bool has_number = false;
        if (*p == 'n') {
            behind = behind_word(p, end_, "null", 4);
            end = begin;
        } else if (node.shape == Shape::number) {
            const Number found = number(p);
            if (found.end == nullptr) return nullptr;
            end = behind = found.end;
            const bool minus_zero = *p == '-' && *found.digits == '0';
            // As text it is for others: `7.0` and `-0` are no ids.
            if (!found.integer || minus_zero) begin = nullptr;
            if (!found.integer || end - found.digits <= exact_digits) {
                const auto read = std::from_chars(p, end, number_found);
                // Libraries disagree on whether what is too large for a double is an error or an infinity.
                has_number = read.ec == std::errc() &&
                             std::fabs(number_found) <= std::numeric_limits<double>::max();
            }
        } else if (node.shape == Shape::truth) {
            has_number = true;
            number_found = *p == 't';
            behind = *p == 't' ? behind_word(p, end_, "true", 4) : behind_word(p, end_, "false", 5);
            end = behind;
        } else {
            if (*p != '"') return nullptr;
            const String found = string(p, end_);
            if (found.end == nullptr || found.escapes) return nullptr;
            behind = found.end + 1;
            begin = p + 1;
            end = found.end;
            while (begin < end && is_blank(*begin)) ++begin;
            while (begin < end && is_blank(end[-1])) --end;
        }
        if (behind == nullptr) return nullptr;
        for (std::int32_t at = job_.targets[node.column]; at < job_.targets[node.column + 1]; ++at) {
            const Wanted& one = job_.wanted[at];
            char* const place = one.base + job_.row * one.stride;
            if (one.kind == Kind::number) {
                if (has_number) std::memcpy(place, &number_found, sizeof number_found);
                else if (*p != 'n' || !odd(at, p, p)) return nullptr;  // a missing value is an empty cell
            } else if (begin == nullptr || !write(one, at, place, begin, end)) {
                return nullptr;
            }
        }
        return behind;
    }

    bool odd(std::int64_t at, const char* begin, const char* end) {
        if (odd_count_ == job_.most_odd) {
            stopped(Stop::odd);
            return false;
        }
        job_.odd[odd_count_++] = {at, job_.row, begin - job_.text, end - begin};
        return true;
    }

    bool write(const Wanted& one, std::int64_t at, char* place, const char* begin, const char* end) {
        const std::ptrdiff_t length = end - begin;
        if (one.kind == Kind::integer) {
            std::int64_t value;
            if (!integer(begin, end, &value)) {
                stopped(Stop::no_integer, at);
                return false;
            }
            std::memcpy(place, &value, sizeof value);
        } else if (length <= one.width) {
            std::memcpy(place, begin, static_cast<std::size_t>(length));
            std::memset(place + length, 0, static_cast<std::size_t>(one.width - length));
        } else if (one.kind == Kind::text) {
            stopped(Stop::longer, at, length);
            return false;
        } else {
            return odd(at, begin, end);
        }
        return true;
    }

    // Whether it is the only text of an integer: no plus, no zero before digits, 18 digits at most.
    static bool integer(const char* p, const char* end, std::int64_t* value) {
        const bool negative = p < end && *p == '-';
        if (negative) ++p;
        if (p == end || end - p > 18 || (*p == '0' && (end - p > 1 || negative))) return false;
        std::int64_t found = 0;
        for (; p < end; ++p) {
            if (!is_digit(*p)) return false;
            found = 10 * found + (*p - '0');
        }
        *value = negative ? -found : found;
        return true;
    }

    Job& job_;
    const char* const end_;
    std::int64_t odd_count_;
};

inline void scan(Job& job) { Scan(job).run(); }

}  // namespace losscli_json
