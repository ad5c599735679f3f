plugins { application }

java {
    toolchain {
        languageVersion = JavaLanguageVersion.of(25)
    }
}
