#include <ichor/services/http/HttpBody.h>

#include <ichor/base/ByteRecycler.h>

#include <utility>

namespace Ichor {

// Out of line, because g++ 12 takes the moves of the variant for uses of what is not initialised wherever it inlines them.
HttpBody::HttpBody() noexcept = default;
HttpBody::HttpBody(std::string text) noexcept : _bytes(std::move(text)) {}
HttpBody::HttpBody(std::string_view text) : _bytes(std::string(text)) {}
HttpBody::HttpBody(char const *text) : _bytes(std::string(text)) {}
HttpBody::HttpBody(std::vector<std::uint8_t> bytes) noexcept : _bytes(std::move(bytes)) {}
HttpBody::HttpBody(HttpBody const &) = default;
HttpBody::HttpBody(HttpBody &&) noexcept = default;
HttpBody &HttpBody::operator=(HttpBody const &) = default;
HttpBody &HttpBody::operator=(HttpBody &&other) noexcept {
    giveBack();
    _bytes = std::move(other._bytes);
    return *this;
}
HttpBody::~HttpBody() { giveBack(); }

// For the next answer.
void HttpBody::giveBack() noexcept {
    auto *const bytes = std::get_if<std::vector<std::uint8_t>>(&_bytes);
    if (bytes != nullptr && bytes->capacity() != 0) ByteRecycler::give(std::move(*bytes));
}

HttpBody HttpBody::ofConstant(std::string_view text) noexcept {
    HttpBody body;
    body._bytes = text;
    return body;
}

std::string_view HttpBody::view() const noexcept {
    if (auto const *constant = std::get_if<std::string_view>(&_bytes)) return *constant;
    if (auto const *text = std::get_if<std::string>(&_bytes)) return *text;
    auto const *bytes = std::get_if<std::vector<std::uint8_t>>(&_bytes);
    if (bytes == nullptr || bytes->empty()) return {};
    return {reinterpret_cast<char const *>(bytes->data()), bytes->size()};
}

std::span<std::uint8_t const> HttpBody::bytes() const noexcept {
    std::string_view const all = view();
    return {reinterpret_cast<std::uint8_t const *>(all.data()), all.size()};
}

} // namespace Ichor
