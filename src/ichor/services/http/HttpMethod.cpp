#include <ichor/services/http/HttpMethod.h>

#include <array>

namespace Ichor {

namespace {

constexpr std::array<std::string_view, HTTP_METHOD_COUNT> NAMES{"GET",     "HEAD",    "POST",  "PUT",  "DELETE",
                                                                "CONNECT", "OPTIONS", "TRACE", "PATCH"};

constexpr std::optional<HttpMethod> ifNamed(std::string_view name, HttpMethod method) noexcept {
    if (name != NAMES[static_cast<std::size_t>(method)]) return std::nullopt;
    return method;
}

} // namespace

std::string_view toString(HttpMethod method) noexcept {
    auto const index = static_cast<std::size_t>(method);
    return index < NAMES.size() ? NAMES[index] : std::string_view("?");
}

std::optional<HttpMethod> parseHttpMethod(std::string_view name) noexcept {
    if (name.size() < 3) return std::nullopt;
    // The first two letters tell all of them apart, so that one comparison is enough.
    switch (name[0]) {
    case 'G': return ifNamed(name, HttpMethod::get);
    case 'H': return ifNamed(name, HttpMethod::head);
    case 'D': return ifNamed(name, HttpMethod::delete_);
    case 'C': return ifNamed(name, HttpMethod::connect);
    case 'O': return ifNamed(name, HttpMethod::options);
    case 'T': return ifNamed(name, HttpMethod::trace);
    case 'P':
        if (name[1] == 'O') return ifNamed(name, HttpMethod::post);
        if (name[1] == 'U') return ifNamed(name, HttpMethod::put);
        return ifNamed(name, HttpMethod::patch);
    default: return std::nullopt;
    }
}

} // namespace Ichor
