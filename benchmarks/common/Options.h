#pragma once

#include <cstdint>
#include <string>

namespace Benchmarks {

/// What the command line of each benchmark may say.
struct Options {
    std::uint64_t count = 0; // how much work: 0 = as much as the benchmark thinks right
    std::string jsonFile;    // empty = none is written
    std::string only;        // empty = all parts
    bool isSingleOnly = false;
    bool runsInProcess = false;

    /// Ends the program on --help, and with a word and status 2 on what it does not understand.
    static Options parse(int argc, char **argv);
};

} // namespace Benchmarks
