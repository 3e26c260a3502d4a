#pragma once

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace Benchmarks {

/// The command line of these programs: names with a value each, in any order.
///
/// Example:   for (Arguments arguments(argc, argv, USAGE); arguments.next();) if (arguments.is("--port")) port =
/// arguments.number<uint16_t>();
class Arguments final {
public:
    Arguments(int argc, char **argv, char const *usage) noexcept : _argc(argc), _argv(argv), _usage(usage) {}

    /// Goes to the next name. Ends the program on --help.
    [[nodiscard]] bool next() {
        if (++_at >= _argc) return false;
        if (is("-h") || is("--help")) {
            std::fputs(_usage, stdout);
            std::exit(0);
        }
        return true;
    }

    [[nodiscard]] bool is(std::string_view name) const noexcept { return name == _argv[_at]; }

    /// The value behind the name. Ends the program, status 2, where there is none.
    [[nodiscard]] char const *text() {
        if (_at + 1 >= _argc) refuse();
        return _argv[++_at];
    }

    template <class T>
    [[nodiscard]] T number() {
        std::string_view const given = text();
        T value{};
        auto const [end, error] = std::from_chars(given.data(), given.data() + given.size(), value);
        if (error != std::errc{} || end != given.data() + given.size()) refuse();
        return value;
    }

    [[noreturn]] void refuse() const {
        std::fprintf(stderr, "%s: not understood\n%s", _argv[_at], _usage);
        std::exit(2);
    }

private:
    int _argc;
    char **_argv;
    char const *_usage;
    int _at = 0;
};

} // namespace Benchmarks
