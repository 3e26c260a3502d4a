#include <ichor/base/Any.h>

namespace Ichor {

BadAnyCast::BadAnyCast(std::string_view held, std::string_view asked)
    : _message(std::make_shared<std::string const>(
          std::string("an Any that holds ").append(held).append(" was asked for a value of type ").append(asked))) {}

char const *BadAnyCast::what() const noexcept { return _message->c_str(); }

} // namespace Ichor
