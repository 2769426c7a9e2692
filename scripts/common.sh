# shellcheck shell=bash disable=SC2154
# Shared by ./littlecloud and ./dev: where things are, which JDK, whether the build is fresh.
# Sourced by bash with `root` set to the top of the checkout.

build_dir=$root/.build
current=$build_dir/current

die() {
    echo "littlecloud: $*" >&2
    exit 125
}

# A JDK tells its version in the file `release`; reading it is cheaper than starting java.
is_jdk_25() {
    [[ -x $1/bin/java && -r $1/release && $(<"$1/release") == *'JAVA_VERSION="25'* ]]
}

# Sets JAVA_HOME to a JDK 25, whatever `java` is; fails when there is none.
locate_jdk() {
    local home java
    for home in "${JAVA_HOME:-}" /usr/lib/jvm/*25*; do
        if [[ -n $home ]] && is_jdk_25 "$home"; then
            export JAVA_HOME=$home
            return
        fi
    done
    java=$(command -v java) && java=$(readlink -f "$java") && is_jdk_25 "${java%/bin/java}" &&
        export JAVA_HOME=${java%/bin/java}
}

find_jdk() {
    locate_jdk || die "JDK 25 not found in JAVA_HOME, /usr/lib/jvm or PATH. Install it: 'apt-get install openjdk-25-jdk-headless' where Debian has it, else Temurin 25 from https://adoptium.net, or set JAVA_HOME."
}

# The build is fresh when no source is newer than its start and it was made for this JDK.
build_is_fresh() {
    local made_for
    { read -r made_for <"$current/stamp"; } 2>/dev/null || return 1
    [[ $made_for == "$JAVA_HOME" ]] || return 1
    [[ -z $(find "$root/pom.xml" "$root"/*/pom.xml "$root"/*/src/main "$root"/scripts/*.options \
        -newer "$current/stamp" -print -quit) ]]
}

# Runs java on the current build; the arguments are its main class and what follows.
set_class_path() {
    local jar
    class_path=
    for jar in "$1"/lib/*.jar; do
        class_path+=${class_path:+:}$jar
    done
}
