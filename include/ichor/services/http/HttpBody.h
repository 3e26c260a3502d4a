#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace Ichor {

/// The bytes of a message: owned as the string or vector that they came in, so that nothing is copied on the way, or constant text. The
/// memory of a vector goes to the ByteRecycler at the end, where serializers take theirs.
class HttpBody {
public:
    HttpBody() noexcept;
    HttpBody(std::string text) noexcept;
    HttpBody(std::string_view text);
    HttpBody(char const *text);
    HttpBody(std::vector<std::uint8_t> bytes) noexcept;
    HttpBody(HttpBody const &);
    HttpBody(HttpBody &&) noexcept;
    HttpBody &operator=(HttpBody const &);
    HttpBody &operator=(HttpBody &&) noexcept;
    ~HttpBody();

    /// Text that outlives every use of this body, such as a literal: kept as a view, without an allocation.
    [[nodiscard]] static HttpBody ofConstant(std::string_view text) noexcept;

    [[nodiscard]] std::string_view view() const noexcept;
    [[nodiscard]] std::span<std::uint8_t const> bytes() const noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return view().size(); }
    [[nodiscard]] bool isEmpty() const noexcept { return view().empty(); }

private:
    void giveBack() noexcept;

    std::variant<std::string_view, std::string, std::vector<std::uint8_t>> _bytes;
};

} // namespace Ichor
