#pragma once

#include "DateField.h"
#include "OutputBuffer.h"
#include "RequestParser.h"

#include <ichor/services/http/HttpLimits.h>

#include <cstddef>
#include <memory>
#include <vector>

namespace Ichor::Detail {

/// The beginning of a request that has not arrived in full, and whatever came behind it while nobody was ready for it.
struct PartialRequest {
    explicit PartialRequest(HttpLimits const &limits) noexcept : parser(limits) {}

    [[nodiscard]] char *unread() noexcept { return bytes.data() + begin; }
    [[nodiscard]] std::size_t unreadSize() const noexcept { return bytes.size() - begin; }

    std::vector<char> bytes;
    std::size_t begin{0};
    RequestParser parser;
};

/// What all connections of one host use in turn, so that each of them holds almost nothing while it is idle.
///
/// Threads:   the host's own
class ServerWorkspace {
public:
    explicit ServerWorkspace(HttpLimits const &limitsOfHost) noexcept : limits(limitsOfHost), parser(limits) {}
    ServerWorkspace(ServerWorkspace const &) = delete;
    ServerWorkspace &operator=(ServerWorkspace const &) = delete;

    [[nodiscard]] std::unique_ptr<PartialRequest> takePartial();
    /// Keeps a few of ordinary size for the next ones.
    void givePartial(std::unique_ptr<PartialRequest> partial) noexcept;

    HttpLimits const limits;
    RequestParser parser; // of requests that lie in the receive buffer in full
    OutputBuffer output;  // of the connection whose turn it is
    DateField date;

private:
    std::vector<std::unique_ptr<PartialRequest>> _spare;
};

} // namespace Ichor::Detail
