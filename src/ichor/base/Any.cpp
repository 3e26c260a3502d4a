#include <ichor/base/Any.h>

namespace Ichor {

BadAnyCast::BadAnyCast(std::string_view held, std::string_view asked)
    : std::runtime_error(std::string("an Any that holds ").append(held).append(" was asked for a value of type ").append(asked)) {}

} // namespace Ichor
