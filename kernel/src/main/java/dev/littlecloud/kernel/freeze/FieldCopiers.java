package dev.littlecloud.kernel.freeze;

import static java.lang.constant.ConstantDescs.CD_MethodHandle;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;

/**
 * Generates {@link FieldCopier}s: straight-line code, as fast as a hand-written copy. Final fields
 * are set through method handles, which the compiler inlines; others by plain instructions of a
 * class that belongs to the nest of the one it copies.
 */
final class FieldCopiers {
    private static final ClassDesc CD_COPIER = desc(FieldCopier.class);
    private static final MethodTypeDesc COPY =
            MethodTypeDesc.of(
                    CD_void,
                    CD_Object,
                    CD_Object,
                    CD_Object.arrayType(),
                    ConstantDescs.CD_int.arrayType(),
                    ConstantDescs.CD_int);
    private static final int PROTOTYPE = 1;
    private static final int TARGET = 2;
    private static final int TABLE = 3;
    private static final int REFERENCES = 4;
    private static final int AT = 5;
    private static final int TYPED_PROTOTYPE = 6;
    private static final int TYPED_TARGET = 7;

    private FieldCopiers() {}

    /**
     * @param fields instance fields that {@code owner} declares; references are taken from the table
     *     in this order
     */
    static FieldCopier generate(Class<?> owner, List<Field> fields) {
        try {
            MethodHandles.Lookup lookup =
                    MethodHandles.privateLookupIn(owner, MethodHandles.lookup());
            List<MethodHandle> setters = new ArrayList<>();
            byte[] code = code(lookup, owner, fields, setters);
            MethodHandles.Lookup made =
                    lookup.defineHiddenClassWithClassData(
                            code, setters, true, MethodHandles.Lookup.ClassOption.NESTMATE);
            return (FieldCopier)
                    made.findConstructor(made.lookupClass(), MethodType.methodType(void.class))
                            .invoke();
        } catch (Throwable impossible) {
            throw new IllegalStateException("no copier for " + owner, impossible);
        }
    }

    private static byte[] code(
            MethodHandles.Lookup lookup,
            Class<?> owner,
            List<Field> fields,
            List<MethodHandle> setters) {
        ClassDesc self = ClassDesc.of(owner.getPackageName() + ".FieldCopier$" + simple(owner));
        return ClassFile.of()
                .build(
                        self,
                        made -> {
                            made.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SYNTHETIC);
                            made.withInterfaceSymbols(CD_COPIER);
                            made.withMethodBody(
                                    ConstantDescs.INIT_NAME,
                                    ConstantDescs.MTD_void,
                                    ClassFile.ACC_PUBLIC,
                                    body ->
                                            body.aload(0)
                                                    .invokespecial(
                                                            CD_Object,
                                                            ConstantDescs.INIT_NAME,
                                                            ConstantDescs.MTD_void)
                                                    .return_());
                            made.withMethodBody(
                                    "copy",
                                    COPY,
                                    ClassFile.ACC_PUBLIC,
                                    body -> body(body, lookup, owner, fields, setters));
                        });
    }

    private static String simple(Class<?> owner) {
        String name = owner.getName();
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static void body(
            CodeBuilder body,
            MethodHandles.Lookup lookup,
            Class<?> owner,
            List<Field> fields,
            List<MethodHandle> setters) {
        ClassDesc type = desc(owner);
        body.aload(PROTOTYPE).checkcast(type).astore(TYPED_PROTOTYPE);
        body.aload(TARGET).checkcast(type).astore(TYPED_TARGET);
        int reference = 0;
        for (Field field : fields) {
            boolean isFinal = Modifier.isFinal(field.getModifiers());
            Class<?> slot = field.getType().isPrimitive() ? field.getType() : Object.class;
            if (isFinal) {
                body.loadConstant(setter(setters.size()));
                setters.add(setterOf(lookup, field, slot));
            }
            body.aload(TYPED_TARGET);
            if (field.getType().isPrimitive()) {
                body.aload(TYPED_PROTOTYPE).getfield(type, field.getName(), desc(field.getType()));
            } else {
                body.aload(TABLE).aload(REFERENCES).iload(AT).loadConstant(reference++).iadd();
                body.iaload().aaload();
            }
            if (isFinal) {
                body.invokevirtual(
                        CD_MethodHandle,
                        "invokeExact",
                        MethodTypeDesc.of(CD_void, type, desc(slot)));
            } else {
                if (!field.getType().isPrimitive()) {
                    body.checkcast(desc(field.getType()));
                }
                body.putfield(type, field.getName(), desc(field.getType()));
            }
        }
        body.return_(TypeKind.VOID);
    }

    private static MethodHandle setterOf(MethodHandles.Lookup lookup, Field field, Class<?> slot) {
        try {
            field.setAccessible(true);
            return lookup.unreflectSetter(field)
                    .asType(MethodType.methodType(void.class, field.getDeclaringClass(), slot));
        } catch (IllegalAccessException refused) {
            throw new IllegalStateException("no way to set " + field, refused);
        }
    }

    private static DynamicConstantDesc<MethodHandle> setter(int index) {
        return DynamicConstantDesc.ofNamed(
                ConstantDescs.BSM_CLASS_DATA_AT,
                ConstantDescs.DEFAULT_NAME,
                CD_MethodHandle,
                index);
    }

    private static ClassDesc desc(Class<?> type) {
        return type.describeConstable().orElseThrow();
    }
}
