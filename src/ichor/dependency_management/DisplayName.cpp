#include "DisplayName.h"

#include <array>

namespace Ichor::Detail {

std::string_view displayName(std::string_view typeName) noexcept {
    constexpr std::array<std::string_view, 4> PREFIXES{"{anonymous}::", "(anonymous namespace)::", "<unnamed>::", "Ichor::"};
    for (bool again = true; again;) {
        again = false;
        for (std::string_view const prefix : PREFIXES) {
            if (typeName.starts_with(prefix)) {
                typeName.remove_prefix(prefix.size());
                again = true;
            }
        }
    }
    return typeName;
}

} // namespace Ichor::Detail
