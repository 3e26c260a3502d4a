#pragma once

#include "Measurement.h"
#include "Options.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace Benchmarks {

inline constexpr unsigned MANY_THREADS = 8;

/// Whether the memory that an operation takes until the end of the part is worth a column.
enum class Memory : std::uint8_t { REUSED, KEPT_FOR_EACH };

/// One benchmark program: runs its parts, prints a line for each, and writes them as JSON.
class Suite final {
public:
    struct Description {
        std::string name;      // "event"
        std::string operation; // what is counted: "event"
        std::uint64_t defaultCount = 0;
        Memory memory = Memory::REUSED;
        std::uint64_t payloadBytes = 0; // of an operation, to say MB/s; 0 = that means nothing here
    };

    Suite(Description description, int argc, char **argv);

    /// How many operations the user wants.
    [[nodiscard]] std::uint64_t count() const noexcept { return _count; }

    /// Runs `work`, which does `operations` of them, once on one thread, then on 8 threads at once, each doing all of it, and then in two
    /// processes at once. Time runs from before the first begins until the last has ended.
    ///
    /// Errors:    an exception in `work` fails the part
    void measure(std::string_view part, std::uint64_t operations, std::function<void()> const &work);

    /// The same on one thread alone.
    void measureSingle(std::string_view part, std::uint64_t operations, std::function<void()> const &work);

    /// For a part that keeps time itself.
    void measureOwn(std::string_view part, unsigned threads, std::function<Measurement()> const &body);

    /// The exit status of the program.
    [[nodiscard]] int finish() const;

private:
    [[nodiscard]] bool isWanted(std::string_view part) const { return _options.only.empty() || _options.only == part; }
    void run(std::string_view part, unsigned threads, Memory memory, std::function<Measurement()> const &body);
    void print(Measurement const &measured) const;
    [[nodiscard]] bool writeJson() const;

    Description _description;
    Options _options;
    std::uint64_t _count;
    std::vector<Measurement> _measurements;
    bool _hasFailed = false;
};

/// A benchmark that did not do its work must not look quick.
void require(bool isTrue, char const *what);

} // namespace Benchmarks
