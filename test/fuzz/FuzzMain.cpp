// What libFuzzer calls, for one of the targets.
#include "FuzzTargets.h"

#include <cstdio>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const *data, std::size_t size) {
    try {
        Ichor::Testing::ICHOR_FUZZ_TARGET({reinterpret_cast<char const *>(data), size});
    } catch (std::exception const &fault) {
        std::fprintf(stderr, "%s\n", fault.what());
        std::abort();
    }
    return 0;
}
