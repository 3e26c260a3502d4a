#pragma once

#include "Refusal.h"
#include "RequestMessage.h"

#include <string_view>

namespace Ichor::Detail {

/// The header fields on which the framing of a request depends, gathered as they are read and judged when the head is complete. Where two
/// readers could understand a request differently, it is refused: that is what request smuggling lives on.
///
/// Source: RFC 9112 sections 3.2, 6 and 9.3, RFC 9110 section 10.1.1
class FieldMeaning {
public:
    void clear() noexcept { *this = FieldMeaning{}; }

    /// Takes note of one field; most are none of those that matter here.
    [[nodiscard]] Refusal read(std::string_view name, std::string_view value, TextRange valueRange, RequestHead &head) noexcept;

    /// Judges all of them together, and sets what the head says about framing and keeping the connection.
    [[nodiscard]] Refusal conclude(RequestHead &head) const noexcept;

private:
    [[nodiscard]] Refusal readHost(std::string_view value, TextRange range, RequestHead &head) noexcept;
    [[nodiscard]] Refusal readLength(std::string_view value, RequestHead &head) noexcept;
    [[nodiscard]] Refusal readCodings(std::string_view value) noexcept;
    [[nodiscard]] Refusal readExpectation(std::string_view value) noexcept;
    void readConnection(std::string_view value) noexcept;

    bool _hasHost{false};
    bool _hasLength{false};
    bool _hasCoding{false};
    bool _isLastCodingChunked{false};
    bool _hasUnknownCoding{false};
    bool _isCloseAsked{false};
    bool _isKeepAliveAsked{false};
    bool _isContinueExpected{false};
};

} // namespace Ichor::Detail
