#pragma once

#include "QueryFields.h"

#include <ichor/services/http/HttpMethod.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Ichor::Detail {

/// A stretch of a message, counted from the message's first byte, so that it stays right when the bytes move.
struct TextRange {
    std::uint32_t at{0};
    std::uint32_t size{0};
};

struct FieldRange {
    TextRange name;
    TextRange value;
};

/// What the head of a request says. Kept for the next request, so that the vectors' memory is taken once.
struct RequestHead {
    HttpMethod method{HttpMethod::get};
    std::uint8_t minorVersion{1};
    bool isKeptAlive{true};
    bool isChunked{false};
    bool hasLength{false};
    bool isContinueExpected{false};
    bool isPathRewritten{false}; // path is in rewrittenPath, not in the message
    std::uint32_t size{0};       // bytes up to and including the empty line
    std::uint64_t contentLength{0};
    TextRange target;
    TextRange path;
    TextRange query; // behind the '?'
    TextRange host;
    std::vector<FieldRange> fields;
    std::string rewrittenPath; // decoded and without dot segments, where the path as sent is not

    /// Forgets everything but the memory.
    void clear() noexcept;
};

/// A whole request: its head, and where its bytes lie.
///
/// Lifetime:  views are valid as long as the bytes at `base` are
struct RequestMessage {
    char const *base{nullptr};
    RequestHead head;
    std::size_t bodyAt{0};
    std::size_t bodySize{0};
    QueryFields queryFields;

    /// Forgets everything but the memory.
    void clear() noexcept;

    [[nodiscard]] std::string_view view(TextRange range) const noexcept { return {base + range.at, range.size}; }
    [[nodiscard]] std::string_view path() const noexcept {
        return head.isPathRewritten ? std::string_view(head.rewrittenPath) : view(head.path);
    }
    [[nodiscard]] std::string_view body() const noexcept { return {base + bodyAt, bodySize}; }

    /// The first field of that name, without regard to case.
    [[nodiscard]] std::optional<std::string_view> field(std::string_view name) const noexcept;

    /// Makes this a copy that lies in `bytes`, which takes the other's bytes as well.
    void copyFrom(RequestMessage const &other, std::vector<char> &bytes);
};

} // namespace Ichor::Detail
