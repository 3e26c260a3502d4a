#include "ServerWorkspace.h"

namespace Ichor::Detail {

namespace {
constexpr std::size_t MAXIMUM_SPARE = 64;
constexpr std::size_t MAXIMUM_SPARE_BYTES = 16 * 1024;
} // namespace

std::unique_ptr<PartialRequest> ServerWorkspace::takePartial() {
    if (_spare.empty()) return std::make_unique<PartialRequest>(limits);
    auto partial = std::move(_spare.back());
    _spare.pop_back();
    return partial;
}

void ServerWorkspace::givePartial(std::unique_ptr<PartialRequest> partial) noexcept {
    if (_spare.size() == MAXIMUM_SPARE || partial->bytes.capacity() > MAXIMUM_SPARE_BYTES) return;
    partial->bytes.clear();
    partial->begin = 0;
    partial->parser.clear();
    try {
        _spare.push_back(std::move(partial));
    } catch (...) { // no memory to keep it: it goes
    }
}

} // namespace Ichor::Detail
