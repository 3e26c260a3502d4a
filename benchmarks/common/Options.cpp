#include "Options.h"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace Benchmarks {

namespace {

constexpr char const *USAGE = R"(Options:
  -s, --single     leave out the parts with 8 threads
  --count N        how many operations
  --only PART      run just the part of this name
  --json FILE      write what was measured there too
  --in-process     run each part in this process, for profilers; peak memory is then that of all parts so far
)";

[[noreturn]] void refuse(std::string_view why, std::string_view what) {
    std::fprintf(stderr, "%.*s: %.*s\n%s", static_cast<int>(why.size()), why.data(), static_cast<int>(what.size()), what.data(), USAGE);
    std::exit(2);
}

std::uint64_t readCount(std::string_view text) {
    std::uint64_t count = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc{} || end != text.data() + text.size() || count == 0) refuse("--count takes a number from 1 on", text);
    return count;
}

} // namespace

Options Options::parse(int argc, char **argv) {
    Options options;
    for (int i = 1; i < argc; ++i) {
        std::string_view const argument = argv[i];
        auto const value = [&]() -> std::string_view {
            if (++i == argc) refuse("a value is missing after", argument);
            return argv[i];
        };
        if (argument == "-s" || argument == "--single") {
            options.isSingleOnly = true;
        } else if (argument == "--in-process") {
            options.runsInProcess = true;
        } else if (argument == "--count") {
            options.count = readCount(value());
        } else if (argument == "--json") {
            options.jsonFile = value();
        } else if (argument == "--only") {
            options.only = value();
        } else if (argument == "-h" || argument == "--help") {
            std::fputs(USAGE, stdout);
            std::exit(0);
        } else {
            refuse("unknown option", argument);
        }
    }
    return options;
}

} // namespace Benchmarks
