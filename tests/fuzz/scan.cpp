// Hostile text for the core of the compiled reader, each case held against a reader that is slow and plain.
//
//   scan SEED CASES
//
// The same seed gives the same cases wherever the same compiler builds it. Text and targets lie in buffers of
// exactly their size, so that AddressSanitizer sees each byte that is read or written beside them. The caller
// of the core promises that there are no quotes, carriage returns and NUL bytes; that is not relied upon
// here: whatever the bytes are, nothing beside the buffers may be touched, and a row is what stands between
// line feeds.

#include "../../losscli/inputs/formats/csv/scanner/scan.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

using losscli::Job;
using losscli::Kind;
using losscli::Odd;
using losscli::Stop;
using losscli::Wanted;

namespace {

constexpr unsigned char UNTOUCHED = 0xA5;
constexpr std::int64_t MOST_ROWS = 9;

// SplitMix64: what the standard library draws from a range differs between libraries.
struct Random {
    std::uint64_t state;

    std::uint64_t next() {
        std::uint64_t z = state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
    // One of 0 … bound − 1.
    int below(int bound) { return static_cast<int>(next() % static_cast<std::uint64_t>(bound)); }
    bool one_in(int bound) { return below(bound) == 0; }
    template <class Items>
    const auto& of(const Items& items) {
        return items[static_cast<std::size_t>(below(static_cast<int>(std::size(items))))];
    }
};

constexpr const char* CELLS[] = {
    "", " ", "\t", "  \t ", "0", "-0", "+0", "1", "7", "42", "-1", "+1", "007", "-007", "1.5", "-2.25", ".5",
    "-.5", "5.", "+.5", ".", "-", "+", "+-1", "-+1", "--1", "++1", "1e5", "1E+5", "1e-5", "1e", "1e+",
    "1e400", "-1e400", "1e-400", "5e-324", "2.4703282292062328e-324", "2.2250738585072011e-308",
    "1.7976931348623157e308", "1.7976931348623159e308", "1.7976931348623158079e308", "9007199254740993",
    "0.1", "0.30000000000000004", "999999999999999999", "1000000000000000000", "-999999999999999999",
    "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551616",
    "00000000000000000000000000001", "inf", "-inf", "nan", "NaN", "Infinity", "NA", "0x10", "1_000", "1,5",
    "1 2", "\"1\"", "1\r", "\xef\xbb\xbf" "1", "\xe2\x88\x92" "1",
};

std::string digits(Random& random, int count) {
    std::string found;
    for (int i = 0; i < count; ++i) found += static_cast<char>('0' + random.below(10));
    return found;
}

std::string cell(Random& random) {
    switch (random.below(11)) {
        case 0: return random.of(CELLS);
        case 1: return random.of(CELLS);
        case 2: return std::string(" ") + random.of(CELLS) + "\t";
        case 3: return digits(random, 1 + random.below(20));
        case 4: return "-" + digits(random, 1 + random.below(20));
        case 5:
            return digits(random, 1 + random.below(3)) + (random.one_in(2) ? "e-" : "e") + digits(random, 3);
        case 6: {
            std::string found;
            for (int i = random.below(20); i > 0; --i) found += static_cast<char>(random.below(256));
            return found;
        }
        case 7: return (random.one_in(20) ? digits(random, 900) : "0") + "." + digits(random, 17);
        case 8: return digits(random, 3) + "." + digits(random, random.one_in(20) ? 800 : 18);
        default: return "-" + digits(random, 1 + random.below(4)) + "." + digits(random, random.below(19));
    }
}

// Rows, most of them as wide as they should be, and then perhaps damaged. The last byte is a line feed.
std::string text(Random& random, char separator, int columns) {
    std::string found;
    for (int rows = random.below(24); rows > 0; --rows) {
        int fields = columns;
        if (random.one_in(30)) fields += random.below(5) - 2;
        for (int i = 0; i < fields; ++i) {
            if (i) found += separator;
            found += cell(random);
        }
        found += '\n';
    }
    if (random.one_in(3)) {
        static const std::string LIKELY = std::string("\n\n,;\t| \"'\r.+-eE09", 17) + '\0';
        for (int damages = 1 + random.below(4); damages > 0 && !found.empty(); --damages) {
            const auto place = static_cast<std::size_t>(random.below(static_cast<int>(found.size())));
            const char byte = random.one_in(2) ? random.of(LIKELY) : static_cast<char>(random.below(256));
            switch (random.below(4)) {
                case 0: found[place] = byte; break;
                case 1: found.insert(place, 1, byte); break;
                case 2: found.erase(place, 1 + static_cast<std::size_t>(random.below(6))); break;
                default: found.resize(place);
            }
        }
    }
    if (found.empty() || found.back() != '\n') found += '\n';
    return found;
}

// A column that is wanted, and its target, of exactly the bytes that a caller has to have.
struct Target {
    Wanted wanted;
    std::ptrdiff_t offset, bytes;
    std::unique_ptr<unsigned char[]> data;

    std::ptrdiff_t cell_bytes() const {
        return wanted.kind == Kind::text || wanted.kind == Kind::abridged ? wanted.width : 8;
    }
    const unsigned char* at(std::int64_t row) const { return data.get() + offset + row * wanted.stride; }
    void clear() { std::fill_n(data.get(), bytes, UNTOUCHED); }
};

std::vector<Target> targets(Random& random, int columns, std::int64_t rows) {
    std::vector<Target> found;
    std::vector<int> places;
    for (int i = random.below(std::min(columns + 3, 12)); i > 0; --i) places.push_back(random.below(columns));
    std::sort(places.begin(), places.end());
    for (const int place : places) {
        Target one;
        one.wanted = {place, static_cast<Kind>(random.below(4)), nullptr, 0,
                      random.below(3) * random.below(10)};
        one.offset = random.below(3) * 4;
        one.wanted.stride = one.cell_bytes() + random.below(2) * random.below(9);
        one.bytes = one.offset + (rows - 1) * one.wanted.stride + one.cell_bytes();
        one.data.reset(new unsigned char[static_cast<std::size_t>(one.bytes)]);
        one.wanted.base = reinterpret_cast<char*>(one.data.get()) + one.offset;
        found.push_back(std::move(one));
    }
    return found;
}

// The plain reader.

bool digit(char c) { return c >= '0' && c <= '9'; }

std::string_view stripped(std::string_view whole) {
    while (!whole.empty() && (whole.front() == ' ' || whole.front() == '\t')) whole.remove_prefix(1);
    while (!whole.empty() && (whole.back() == ' ' || whole.back() == '\t')) whole.remove_suffix(1);
    return whole;
}

// Whether the grammar of numbers has it: -? (digits [. digits*] | . digits) ([eE] [+-]? digits)?
bool is_number(std::string_view whole) {
    std::size_t i = 0, before = 0, behind = 0;
    const auto some = [&] {
        const std::size_t first = i;
        while (i < whole.size() && digit(whole[i])) ++i;
        return i - first;
    };
    if (i < whole.size() && whole[i] == '-') ++i;
    before = some();
    if (i < whole.size() && whole[i] == '.') {
        ++i;
        behind = some();
    }
    if (before + behind == 0) return false;
    if (i < whole.size() && (whole[i] == 'e' || whole[i] == 'E')) {
        ++i;
        if (i < whole.size() && (whole[i] == '+' || whole[i] == '-')) ++i;
        if (some() == 0) return false;
    }
    return i == whole.size();
}

bool plain_number(std::string_view whole, double& value) {
    whole = stripped(whole);
    if (!whole.empty() && whole.front() == '+') {
        whole.remove_prefix(1);
        if (!whole.empty() && whole.front() == '-') return false;
    }
    if (!is_number(whole)) return false;
    const std::string copy(whole);
    errno = 0;
    value = std::strtod(copy.c_str(), nullptr);
    if (std::isinf(value)) return false;
    // Libraries disagree on whether what is too small for a double is an error or a zero.
    double other = 0;
    const auto read = std::from_chars(copy.data(), copy.data() + copy.size(), other);
    return value != 0 || read.ec == std::errc();
}

bool plain_integer(std::string_view whole, std::int64_t& value) {
    whole = stripped(whole);
    std::string_view size = whole;
    if (!size.empty() && size.front() == '-') size.remove_prefix(1);
    if (size.empty() || size.size() > 18 || !std::all_of(size.begin(), size.end(), digit)) return false;
    if (size.front() == '0' && whole != "0") return false;
    value = std::strtoll(std::string(whole).c_str(), nullptr, 10);
    return true;
}

// What is expected of one call of `scan`: why it stops, what is taken until then, and what is written.
struct Expected {
    Stop stop = Stop::end;
    std::int64_t at = 0, needed = 0, row;
    std::ptrdiff_t place;
    std::vector<Odd> odd;
    std::vector<std::tuple<std::size_t, std::int64_t, std::string>> cells;  // of which target, in which row
};

Expected plain(const std::string& whole, const Job& job, const std::vector<Target>& wanted) {
    Expected told;
    told.row = job.row;
    told.place = job.place;
    while (told.place < job.size) {
        if (told.row == job.most_rows) return told.stop = Stop::full, told;
        const auto end = static_cast<std::ptrdiff_t>(whole.find('\n', static_cast<std::size_t>(told.place)));
        std::vector<std::ptrdiff_t> starts{told.place};
        for (std::ptrdiff_t i = told.place; i < end; ++i)
            if (whole[static_cast<std::size_t>(i)] == job.separator) starts.push_back(i + 1);
        const auto fields = static_cast<std::int32_t>(starts.size());
        starts.push_back(end + 1);
        auto odd = told.odd;
        auto cells = told.cells;
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            const Wanted& one = wanted[i].wanted;
            if (one.column >= fields) return told.stop = Stop::ragged, told;
            const auto column = static_cast<std::size_t>(one.column);
            const std::ptrdiff_t start = starts[column], length = starts[column + 1] - 1 - start;
            const std::string_view field(whole.data() + start, static_cast<std::size_t>(length));
            std::string bytes(8, '\0');
            bool taken;
            if (one.kind == Kind::number) {
                double value = 0;
                taken = plain_number(field, value);
                std::memcpy(bytes.data(), &value, 8);
            } else if (one.kind == Kind::integer) {
                std::int64_t value = 0;
                taken = plain_integer(field, value);
                std::memcpy(bytes.data(), &value, 8);
            } else {
                bytes = stripped(field);
                taken = static_cast<std::ptrdiff_t>(bytes.size()) <= one.width;
                told.needed = static_cast<std::int64_t>(bytes.size());
                if (taken) bytes.resize(static_cast<std::size_t>(one.width));
            }
            if (taken) {
                cells.emplace_back(i, told.row, bytes);
            } else if (one.kind == Kind::integer || one.kind == Kind::text) {
                told.stop = one.kind == Kind::text ? Stop::longer : Stop::no_integer;
                told.at = static_cast<std::int64_t>(i);
                return told;
            } else {
                if (static_cast<std::int64_t>(odd.size()) == job.most_odd) return told.stop = Stop::odd, told;
                odd.push_back({static_cast<std::int64_t>(i), told.row, start, length});
            }
        }
        if (fields != job.columns) return told.stop = Stop::ragged, told;
        told.odd = odd;
        told.cells = cells;
        told.place = end + 1;
        ++told.row;
    }
    return told;
}

// Holding one against the other.

[[noreturn]] void fail(std::uint64_t seed, const std::string& whole, const Job& job, const char* what) {
    std::fprintf(stderr, "case %llu: %s\n", static_cast<unsigned long long>(seed), what);
    std::fprintf(stderr, "separator %d, %d columns\n", job.separator, job.columns);
    for (const Wanted* one = job.wanted; one != job.wanted + job.wanted_count; ++one)
        std::fprintf(stderr, "column %d, kind %d, width %td\n", one->column, static_cast<int>(one->kind),
                     one->width);
    for (const char c : whole) {
        const bool plain = c >= ' ' && c <= '~' && c != '\\';
        std::fprintf(stderr, plain ? "%c" : "\\x%02x", static_cast<unsigned char>(c));
    }
    const auto rows = static_cast<long long>(job.row);
    std::fprintf(stderr, "\nstopped at %td for %d, with %lld rows\n", job.place, static_cast<int>(job.stop),
                 rows);
    std::exit(1);
}

bool same(const Odd& one, const Odd& other) {
    return std::tie(one.wanted, one.row, one.start, one.length) ==
           std::tie(other.wanted, other.row, other.start, other.length);
}

const char* wrong(const Expected& told, const Job& job, const std::vector<Target>& wanted) {
    if (job.stop != told.stop) return "it stopped for another reason";
    if (job.place != told.place || job.row != told.row) return "it stopped at another place";
    const bool told_where = told.stop == Stop::longer || told.stop == Stop::no_integer;
    if (told_where && job.at != told.at) return "it stopped at another column";
    if (told.stop == Stop::longer && job.needed != told.needed) return "another width is needed";
    if (job.odd_count != static_cast<std::int64_t>(told.odd.size())) return "another number of odd cells";
    if (!std::equal(told.odd.begin(), told.odd.end(), job.odd, same)) return "other odd cells";
    // What is written: those cells, and of the row that was not done whole perhaps some; nothing else.
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const Target& one = wanted[i];
        std::vector<bool> free(static_cast<std::size_t>(one.bytes), false);
        const auto release = [&](std::int64_t row) {
            for (std::ptrdiff_t byte = 0; row < job.most_rows && byte < one.cell_bytes(); ++byte)
                free[static_cast<std::size_t>(one.at(row) - one.data.get() + byte)] = true;
        };
        release(job.row);
        for (const auto& [target, row, bytes] : told.cells) {
            if (target != i) continue;
            release(row);
            if (std::memcmp(one.at(row), bytes.data(), bytes.size()) != 0) return "another value";
        }
        for (std::size_t byte = 0; byte < free.size(); ++byte)
            if (!free[byte] && one.data[byte] != UNTOUCHED) return "something else was written";
    }
    return nullptr;
}

void run(std::uint64_t seed) {
    Random random{seed};
    const char separator = random.of(std::string_view(",,,;\t| :"));
    const int columns = random.one_in(8) ? 20 + random.below(60) : 1 + random.below(6);
    const std::string whole = text(random, separator, columns);
    const std::int64_t most_rows = 1 + random.below(MOST_ROWS);
    auto wanted = targets(random, columns, most_rows);
    std::vector<Wanted> list;
    for (const Target& one : wanted) list.push_back(one.wanted);
    const std::size_t most_odd =
        std::max<std::size_t>(wanted.size(), static_cast<std::size_t>(random.below(9)));
    const std::unique_ptr<char[]> exact(new char[whole.size()]);
    std::memcpy(exact.get(), whole.data(), whole.size());
    const std::unique_ptr<Odd[]> odd(new Odd[most_odd]);

    Job job{};
    job.text = exact.get();
    job.size = static_cast<std::ptrdiff_t>(whole.size());
    job.separator = separator;
    job.columns = columns;
    job.wanted = list.data();
    job.wanted_count = static_cast<std::ptrdiff_t>(list.size());
    job.most_rows = most_rows;
    job.odd = odd.get();
    job.most_odd = static_cast<std::int64_t>(most_odd);
    for (std::size_t calls = 0;; ++calls) {
        for (Target& one : wanted) one.clear();
        job.odd_count = 0;
        const Expected told = plain(whole, job, wanted);
        losscli::scan(job);
        if (const char* what = wrong(told, job, wanted)) fail(seed, whole, job, what);
        if (job.stop == Stop::end) return;
        if (calls > whole.size()) fail(seed, whole, job, "it does not come to an end");
        // As a caller goes on: with room for more rows, or behind the row that somebody else has to read.
        if (job.stop == Stop::full) {
            job.row = 0;
        } else if (job.stop != Stop::odd) {
            const std::size_t end = whole.find('\n', static_cast<std::size_t>(job.place));
            job.place = static_cast<std::ptrdiff_t>(end) + 1;
        }
    }
}

}  // namespace

int main(int count, char** words) {
    if (count != 3) {
        std::fprintf(stderr, "scan SEED CASES\n");
        return 2;
    }
    const std::uint64_t seed = std::strtoull(words[1], nullptr, 10),
                        cases = std::strtoull(words[2], nullptr, 10);
    for (std::uint64_t i = 0; i < cases; ++i) run(seed + i);
    std::printf("%s cases from %s on: no difference\n", words[2], words[1]);
}
