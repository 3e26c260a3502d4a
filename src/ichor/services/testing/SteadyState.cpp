#include <ichor/services/testing/SteadyState.h>

#include "AllocationCounter.h"

#include <cstdlib>
#include <memory>

#include <cxxabi.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <fmt/format.h>
#include <sys/resource.h>

namespace Ichor::Testing {

namespace Detail {

constinit thread_local AllocationCounter allocationCounter;

void AllocationCounter::note() noexcept {
    if (count++ != 0) return;
    isCounting = false; // should the unwinder allocate itself
    frames = ::backtrace(stack, MAX_FRAMES);
    isCounting = true;
}

} // namespace Detail

namespace {

using Detail::allocationCounter;

std::string demangled(char const *name) {
    int status = 0;
    std::unique_ptr<char, void (*)(void *)> const text(abi::__cxa_demangle(name, nullptr, nullptr, &status), &std::free);
    return status == 0 ? text.get() : name;
}

std::string describeFrame(void *address) {
    Dl_info info{};
    if (::dladdr(address, &info) == 0 || info.dli_fname == nullptr) return fmt::format("  {}\n", address);
    auto const offset = static_cast<char const *>(address) - static_cast<char const *>(info.dli_fbase);
    return fmt::format("  {}  ({}+{:#x})\n", info.dli_sname == nullptr ? "?" : demangled(info.dli_sname), info.dli_fname, offset);
}

} // namespace

SteadyState::Kernel SteadyState::askKernel() noexcept {
    rusage usage{};
    ::getrusage(RUSAGE_THREAD, &usage);
    return {.minorFaults = static_cast<std::uint64_t>(usage.ru_minflt),
            .majorFaults = static_cast<std::uint64_t>(usage.ru_majflt),
            .voluntarySwitches = static_cast<std::uint64_t>(usage.ru_nvcsw),
            .involuntarySwitches = static_cast<std::uint64_t>(usage.ru_nivcsw)};
}

SteadyState::SteadyState() noexcept {
    Detail::linkAllocationHooks();
    void *frame = nullptr;
    static_cast<void>(::backtrace(&frame, 1)); // the first one loads a library
    allocationCounter.count = 0;
    allocationCounter.frames = 0;
    _before = askKernel();
    allocationCounter.isCounting = true;
}

SteadyState::~SteadyState() {
    if (_isCounting) allocationCounter.isCounting = false;
}

SteadyStateCounts SteadyState::counts() {
    if (!_isCounting) return _counts;
    allocationCounter.isCounting = false;
    Kernel const after = askKernel();
    _isCounting = false;
    _counts.allocations = allocationCounter.count;
    _counts.minorFaults = after.minorFaults - _before.minorFaults;
    _counts.majorFaults = after.majorFaults - _before.majorFaults;
    _counts.voluntarySwitches = after.voluntarySwitches - _before.voluntarySwitches;
    _counts.involuntarySwitches = after.involuntarySwitches - _before.involuntarySwitches;
    for (int i = 0; i < allocationCounter.frames; ++i) _counts.firstAllocation += describeFrame(allocationCounter.stack[i]);
    return _counts;
}

std::string SteadyStateCounts::toString() const {
    std::string text = fmt::format("{} allocations, {} minor and {} major page faults, {} voluntary and {} involuntary switches",
                                   allocations, minorFaults, majorFaults, voluntarySwitches, involuntarySwitches);
    if (!firstAllocation.empty()) text += "\nthe first allocation:\n" + firstAllocation;
    return text;
}

} // namespace Ichor::Testing
